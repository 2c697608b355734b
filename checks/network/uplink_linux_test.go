package network

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

func TestLink(t *testing.T) {
	route := func(name, metric string) string {
		return name + "\t00000000\t0102A8C0\t0003\t0\t0\t" + metric + "\t00000000\t0\t0\t0\n"
	}
	for name, c := range map[string]struct {
		routes string
		files  []string // of sysfs
		uevent string
		want   string
	}{
		"cable":                {route("enp3s0", "100"), []string{"enp3s0/device"}, "", Cable},
		"wifi":                 {route("wlp2s0", "600"), []string{"wlp2s0/device", "wlp2s0/wireless"}, "", WiFi},
		"the lower metric":     {route("wlp2s0", "600") + route("enp3s0", "100"), []string{"wlp2s0/wireless", "enp3s0/device"}, "", Cable},
		"below a VPN":          {route("tun0", "50") + route("wlp2s0", "600"), []string{"tun0/tun_flags", "wlp2s0/phy80211"}, "", WiFi},
		"mobile":               {route("wwan0", "700"), []string{"wwan0/device"}, "DEVTYPE=wwan\nINTERFACE=wwan0\n", Mobile},
		"a container's":        {route("eth0", "0"), []string{"eth0/mtu"}, "", ""},
		"no default route":     {"enp3s0\t0002A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n", []string{"enp3s0/device"}, "", ""},
		"a half default (VPN)": {"tun0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n" + route("enp3s0", "100"), []string{"tun0/mtu", "enp3s0/device"}, "", Cable},
		"nonsense":             {"x\ny z\n" + route("enp3s0", "many"), nil, "", ""},
	} {
		dir := t.TempDir()
		put := func(path, text string) {
			path = filepath.Join(dir, path)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		put("proc/net/route", head+c.routes)
		for _, f := range c.files {
			put("sys/class/net/"+f, "")
			if c.uevent != "" {
				put("sys/class/net/"+filepath.Dir(f)+"/uevent", c.uevent)
			}
		}
		if got := linkOf(uplinksBelow(filepath.Join(dir, "proc"), filepath.Join(dir, "sys"))); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := linkOf(uplinksBelow("/nowhere", "/nowhere")); got != "" {
		t.Errorf("without anything to read: %q", got)
	}
	if got := Link(t.Context()); got != "" && got != Cable && got != WiFi && got != Mobile {
		t.Errorf("here: %q", got)
	}
}

// Both families' routes are read, with their routers; those that say no are none.
func TestUplinks(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		if err := os.MkdirAll(filepath.Join(dir, "net"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "net", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	nowhere := strings.Repeat("0", 32)
	v6 := func(dst, length, hop, metric, flags, name string) string {
		return strings.Join([]string{dst, length, nowhere, "00", hop, metric, "00000001", "00000000", flags, name}, " ") + "\n"
	}
	var router [4]byte
	copy(router[:], []byte{192, 168, 2, 1})
	put("route", head+fmt.Sprintf("wlp2s0\t00000000\t%08X\t0003\t0\t0\t600\t00000000\t0\t0\t0\n", binary.NativeEndian.Uint32(router[:])))
	put("ipv6_route", v6(nowhere, "00", "fe800000000000000000000000000001", "00000064", "00450003", "wlp2s0")+
		v6(nowhere, "00", nowhere, "ffffffff", "00200200", "lo")+v6("20010db8000000000000000000000000", "20", nowhere, "00000100", "00000001", "wlp2s0")+"too short\n")
	got := uplinksBelow(dir, "/nowhere")
	if len(got) != 2 || got[0].gateway.String() != "fe80::1%wlp2s0" || got[0].metric != 100 || got[1].gateway.String() != "192.168.2.1" || got[1].metric != 600 {
		t.Errorf("%+v", got)
	}
	if names := physical(got); len(names) != 1 || names[0] != "wlp2s0" {
		t.Errorf("interfaces %v", names)
	}
}

func TestTunnel(t *testing.T) {
	dir := t.TempDir()
	if tunnelIn(dir) {
		t.Error("a plain interface is a VPN's")
	}
	if err := os.WriteFile(filepath.Join(dir, "uevent"), []byte("DEVTYPE=wireguard\nINTERFACE=wg0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if !tunnelIn(dir) {
		t.Error("WireGuard is not told")
	}
}

func TestFirewallSettings(t *testing.T) {
	for text, want := range map[string]string{"ENABLED=yes\n": "on", "# x\nENABLED=no\n": "off", "": ""} {
		etc := t.TempDir()
		if err := os.MkdirAll(filepath.Join(etc, "ufw"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(etc, "ufw/ufw.conf"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := firewallBelow(etc, t.TempDir()); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}
