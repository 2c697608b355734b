package machine

import (
	"os"
	"path/filepath"
	"testing"

	"linecheck/report/exchange/bustest"
)

// tree writes files into a folder of its own.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestScaling(t *testing.T) {
	dir := tree(t, map[string]string{
		"cpu0/cpufreq/cpuinfo_max_freq": "2800000\n", "cpu0/cpufreq/base_frequency": "1200000\n", "cpu0/cpufreq/scaling_cur_freq": "900000\n",
		"cpu11/cpufreq/cpuinfo_max_freq": "4400000\n", "cpu11/cpufreq/scaling_cur_freq": "1700000",
		"cpu2/cpufreq/cpuinfo_max_freq": "-5", "cpu3/cpufreq/cpuinfo_max_freq": "99999999999", "cpuidle/x": "1",
	})
	if got, want := scaling(dir), (frequency{max: 4.4e9, base: 1.2e9, now: 1.7e9}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := scaling(t.TempDir()); got != (frequency{}) {
		t.Errorf("%+v of nothing", got)
	}
}

func TestBattery(t *testing.T) {
	const class = "class/power_supply/"
	mouse := map[string]string{class + "hid/type": "Battery", class + "hid/scope": "Device", class + "hid/status": "Discharging"}
	with := func(more map[string]string) map[string]string {
		all := map[string]string{class + "none/type": "USB", class + "none/online": "0"}
		for _, m := range []map[string]string{mouse, more} {
			for k, v := range m {
				all[k] = v
			}
		}
		return all
	}
	for name, tt := range map[string]struct {
		files   map[string]string
		battery bool
		err     error
	}{
		"unplugged": {with(map[string]string{class + "BAT0/type": "Battery", class + "BAT0/status": "Discharging", class + "AC/type": "Mains", class + "AC/online": "0"}), true, nil},
		"plugged":   {with(map[string]string{class + "BAT0/type": "Battery", class + "BAT0/status": "Charging", class + "AC/type": "Mains", class + "AC/online": "1"}), false, nil},
		"full":      {with(map[string]string{class + "BAT0/type": "Battery", class + "BAT0/status": "Full"}), false, nil},
		"desktop":   {with(nil), false, errNone},
		"strange":   {with(map[string]string{class + "BAT0/type": "Battery", class + "BAT0/status": "Unknown"}), false, errNone},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := batteryBelow(tree(t, tt.files)); got != tt.battery || isNone(err) != isNone(tt.err) {
				t.Errorf("on battery %v (%v), want %v (%v)", got, err, tt.battery, tt.err)
			}
		})
	}
	if _, err := batteryBelow(t.TempDir()); !isNone(err) {
		t.Errorf("without power supplies: %v", err)
	}
}

func TestSaver(t *testing.T) {
	for service, object := range profileServices() {
		for profile, want := range map[string]bool{"power-saver": true, "balanced": false} {
			t.Run(service+" "+profile, func(t *testing.T) {
				bustest.Start(t, bustest.System)
				bustest.Serve(t, service, object, service, "ActiveProfile", profile)
				if got, err := savesEnergy(t.Context()); got != want || err != nil {
					t.Errorf("saves energy: %v, %v", got, err)
				}
			})
		}
	}
}

func TestRemote(t *testing.T) {
	for _, name := range []string{"SSH_CONNECTION", "XRDP_SESSION", "DISPLAY"} {
		t.Setenv(name, "")
	}
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	if _, err := remote(t.Context()); !isNone(err) {
		t.Errorf("nobody tells: %v", err)
	}
	for _, is := range []bool{true, false} {
		bustest.Start(t, bustest.System)
		bustest.Serve(t, "org.freedesktop.login1", "/org/freedesktop/login1/session/auto", "org.freedesktop.login1.Session", "Remote", is)
		if got, err := remote(t.Context()); got != is || err != nil {
			t.Errorf("remote %v (%v), want %v", got, err, is)
		}
	}
	for _, tt := range []struct {
		name, value string
		far         bool
	}{
		{"DISPLAY", ":0", false}, {"DISPLAY", "unix:0", false}, {"DISPLAY", "localhost:10.0", true}, {"DISPLAY", "", false},
		{"SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22", true}, {"XRDP_SESSION", "1", true},
	} {
		env := func(name string) string { return map[string]string{tt.name: tt.value}[name] }
		if got := farAway(env); got != tt.far {
			t.Errorf("%s=%s: far away %v", tt.name, tt.value, got)
		}
	}
}

func TestPressure(t *testing.T) {
	line := func(some, full string) string {
		return "some avg10=" + some + " avg60=0.00 avg300=0.00 total=77\nfull avg10=" + full + " avg60=0.00 avg300=0.00 total=5\n"
	}
	for text, want := range map[string]string{
		line("0.00", "0.00"): calm, line("9.90", "2.00"): calm, line("10.00", "0.50"): tight, line("60.00", "25.00"): short,
		"": "", "some avg10=nothing\n": "", "full avg10=1.00 avg60=0.00 avg300=0.00 total=5\n": "", line("300.00", "0.00"): "",
	} {
		p, err := pressureBelow(tree(t, map[string]string{"pressure/memory": text}))
		if err == nil && !p.possible() {
			p = pressure{}
		}
		if p.level != want {
			t.Errorf("%q is %q (%v), want %q", text, p.level, err, want)
		}
	}
	if _, err := pressureBelow(t.TempDir()); !isNone(err) {
		t.Errorf("a kernel without it: %v", err)
	}
}

func TestMonitor(t *testing.T) {
	w, h, err := monitor(tree(t, map[string]string{
		"card0-eDP-1/modes": "1920x1080\n1600x900\n", "card1-DP-2/modes": "2560x1440\n", "card0-HDMI-A-1/modes": "", "card0/modes": "9999x9999\n", "card0-DP-9/modes": "wide\n",
	}))
	if w != 2560 || h != 1440 || err != nil {
		t.Errorf("%d x %d, %v", w, h, err)
	}
	if _, _, err := monitor(t.TempDir()); !isNone(err) {
		t.Errorf("without a monitor: %v", err)
	}
}

func TestHypervisorName(t *testing.T) {
	for vendor, want := range map[string]string{"KVMKVMKVM\x00\x00\x00": "kvm", "Microsoft Hv": "hyper-v", "Whatever": "yes"} {
		if got := hypervisorName(vendor); got != want {
			t.Errorf("%q is %q, want %q", vendor, got, want)
		}
	}
}
