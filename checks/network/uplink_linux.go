package network

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// uplinks are the ways out, the preferred one first, as the kernel's routing tables say.
func uplinks(context.Context) []uplink { return uplinksBelow("/proc", "/sys") }

func uplinksBelow(proc, sys string) []uplink {
	list := preferred(append(routes4(filepath.Join(proc, "net/route")), routes6(filepath.Join(proc, "net/ipv6_route"))...))
	for i := range list {
		list[i].kind = kindOf(filepath.Join(sys, "class/net", list[i].name))
	}
	return list
}

// eachLine calls f with the fields of each line of a file, as far as it can be read.
func eachLine(path string, f func(field []string)) {
	file, err := os.Open(path)
	if err != nil {
		return
	}
	defer file.Close()
	for s := bufio.NewScanner(file); s.Scan(); {
		f(strings.Fields(s.Text()))
	}
}

// routes4 reads the kernel's table of IPv4: interface, destination, gateway, flags, counters, metric, mask.
func routes4(path string) (list []uplink) {
	eachLine(path, func(field []string) {
		if len(field) < 8 || field[1] != "00000000" || field[7] != "00000000" {
			return
		}
		metric, err := strconv.Atoi(field[6])
		router, bad := strconv.ParseUint(field[2], 16, 32)
		if err != nil || bad != nil {
			return
		}
		u := uplink{name: field[0], metric: metric}
		if router != 0 {
			var b [4]byte
			binary.NativeEndian.PutUint32(b[:], uint32(router)) // the kernel prints the address as a number of this machine
			u.gateway = netip.AddrFrom4(b)
		}
		list = append(list, u)
	})
	return list
}

// rejects is the flag of a route that says no (RTF_REJECT).
const rejects = 0x0200

// routes6 reads the kernel's table of IPv6: destination, length of its prefix,
// source and its length, next hop, metric, counters, flags, interface.
func routes6(path string) (list []uplink) {
	nowhere := strings.Repeat("0", 32)
	eachLine(path, func(field []string) {
		if len(field) < 10 || field[0] != nowhere || field[1] != "00" || field[9] == "lo" {
			return
		}
		metric, err := strconv.ParseUint(field[5], 16, 32)
		flags, bad := strconv.ParseUint(field[8], 16, 32)
		if err != nil || bad != nil || flags&rejects != 0 {
			return
		}
		u := uplink{name: field[9], metric: int(metric)}
		if raw, err := hex.DecodeString(field[4]); err == nil && len(raw) == 16 && field[4] != nowhere {
			u.gateway = netip.AddrFrom16([16]byte(raw)).WithZone(field[9])
		}
		list = append(list, u)
	})
	return list
}

// kindOf is the kind of an interface by its folder in sysfs; empty for one that is
// not of a device, as a VPN's or a container's.
func kindOf(dir string) string {
	there := func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	}
	about, err := os.ReadFile(filepath.Join(dir, "uevent"))
	switch {
	case err == nil && strings.Contains(string(about), "DEVTYPE=wwan"):
		return Mobile
	case there("wireless"), there("phy80211"):
		return WiFi
	case there("device"):
		return Cable
	default:
		return ""
	}
}

// tunnel says whether an interface is a VPN's.
func tunnel(name string) bool { return tunnelIn(filepath.Join("/sys/class/net", name)) }

func tunnelIn(dir string) bool {
	about, _ := os.ReadFile(filepath.Join(dir, "uevent"))
	_, err := os.Stat(filepath.Join(dir, "tun_flags"))
	return err == nil || strings.Contains(string(about), "DEVTYPE=wireguard")
}
