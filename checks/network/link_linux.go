package network

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Link is how this computer is connected: by [Cable], [WiFi] or [Mobile] network,
// judged by the interface of the default route; where that is a VPN, by the physical
// one below it. It is empty where the system does not tell.
func Link(context.Context) string { return linkBelow("/proc", "/sys") }

func linkBelow(proc, sys string) string {
	for _, name := range defaultInterfaces(filepath.Join(proc, "net/route")) {
		if kind := kindOf(filepath.Join(sys, "class/net", name)); kind != "" {
			return kind
		}
	}
	return ""
}

// defaultInterfaces are those with a default route, the preferred one first. The
// table is the kernel's: interface, destination, gateway, flags, counters, metric, mask.
func defaultInterfaces(path string) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	type route struct {
		name   string
		metric int
	}
	var all []route
	for s := bufio.NewScanner(f); s.Scan(); {
		field := strings.Fields(s.Text())
		if len(field) < 8 || field[1] != "00000000" || field[7] != "00000000" {
			continue
		}
		metric, err := strconv.Atoi(field[6])
		if err != nil {
			continue
		}
		all = append(all, route{field[0], metric})
	}
	slices.SortStableFunc(all, func(a, b route) int { return a.metric - b.metric })
	var names []string
	for _, r := range all {
		names = append(names, r.name)
	}
	return names
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
