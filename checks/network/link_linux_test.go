package network

import (
	"os"
	"path/filepath"
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
		if got := linkBelow(filepath.Join(dir, "proc"), filepath.Join(dir, "sys")); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := linkBelow("/nowhere", "/nowhere"); got != "" {
		t.Errorf("without anything to read: %q", got)
	}
	if got := Link(t.Context()); got != "" && got != Cable && got != WiFi && got != Mobile {
		t.Errorf("here: %q", got)
	}
}
