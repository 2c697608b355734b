package machine

import (
	"context"
	"strings"

	"github.com/prometheus/procfs/sysfs"
)

// onBattery is whether the computer runs on its own battery.
func onBattery(context.Context) (bool, error) { return batteryBelow("/sys") }

// batteryBelow looks at the power supplies that the kernel knows. The batteries
// of mice and headsets do not count.
func batteryBelow(dir string) (bool, error) {
	fs, err := sysfs.NewFS(dir)
	if err != nil {
		return false, errNone
	}
	all, err := fs.PowerSupplyClass()
	if err != nil {
		return false, err
	}
	plugged, battery := false, false
	for _, p := range all {
		switch {
		case p.Type == "Battery" && p.Scope != "Device":
			if p.Status == "Discharging" {
				return true, nil
			}
			battery = battery || p.Status == "Charging" || p.Status == "Full" || p.Status == "Not charging"
		case p.Type != "Battery":
			plugged = plugged || p.Online != nil && *p.Online > 0
		}
	}
	if !plugged && !battery {
		return false, errNone
	}
	return false, nil
}

// savesEnergy is whether the person chose to save energy: the power profiles
// service knows, which desktops set, or else the firmware's own profile.
func savesEnergy(ctx context.Context) (bool, error) {
	for service, path := range profileServices() {
		v, err := property(ctx, service, path, service, "ActiveProfile")
		if profile, ok := v.(string); err == nil && ok {
			return profile == "power-saver", nil
		}
	}
	if profile := strings.TrimSpace(readFile("/sys/firmware/acpi/platform_profile")); profile != "" {
		return profile == "low-power", nil
	}
	return false, errNone
}

// profileServices are the two names that the power profiles service has had, and where it answers.
func profileServices() map[string]string {
	return map[string]string{
		"org.freedesktop.UPower.PowerProfiles": "/org/freedesktop/UPower/PowerProfiles",
		"net.hadess.PowerProfiles":             "/net/hadess/PowerProfiles",
	}
}
