package machine

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// model is the processor's name.
func model(context.Context) (string, error) { return unix.Sysctl("machdep.cpu.brand_string") }

// clockRates is what the processor says; Apple's own say nothing.
func clockRates(context.Context) (frequency, error) {
	f := ratedClock()
	if hz, err := unix.SysctlUint64("hw.cpufrequency_max"); err == nil {
		f.max = float64(hz)
	}
	if f == (frequency{}) {
		return f, errNone
	}
	return f, nil
}

// usable: macOS binds no program to processors.
func usable() func(string) bool { return nil }

// thisRelease is macOS by its version.
func thisRelease(context.Context) (release, error) {
	version, err := unix.Sysctl("kern.osproductversion")
	return release{id: "macos", version: version}, err
}

// guest is whether the system runs in a virtual machine.
func guest(context.Context) (string, error) {
	in, err := unix.SysctlUint32("kern.hv_vmm_present")
	if err != nil {
		return "", err
	}
	if in == 0 {
		return "no", nil
	}
	return "yes", nil
}

// remote tells a terminal over ssh alone: the system does not say whether its screen is shared.
func remote(context.Context) (bool, error) {
	if os.Getenv("SSH_CONNECTION") != "" {
		return true, nil
	}
	return false, errNone
}

// screen is the size of the main screen. The system tells it to programs with a
// window alone, and to its own profiler.
func screen(ctx context.Context) (width, height int, err error) {
	text, err := exec.CommandContext(ctx, "/usr/sbin/system_profiler", "SPDisplaysDataType", "-json").Output()
	if err != nil {
		return 0, 0, err
	}
	return profiledScreen(text)
}

// onBattery and savesEnergy ask the power management's own tool.
func onBattery(ctx context.Context) (bool, error) {
	text, err := exec.CommandContext(ctx, "/usr/bin/pmset", "-g", "batt").Output()
	switch {
	case err != nil:
		return false, err
	case strings.Contains(string(text), "'Battery Power'"):
		return true, nil
	case strings.Contains(string(text), "'AC Power'"):
		return false, nil
	}
	return false, errNone
}

func savesEnergy(ctx context.Context) (bool, error) {
	text, err := exec.CommandContext(ctx, "/usr/bin/pmset", "-g").Output()
	if err != nil {
		return false, err
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == "lowpowermode" {
			return f[1] == "1", nil
		}
	}
	return false, errNone
}

// memoryPressure is the level that the kernel announces to programs.
func memoryPressure(context.Context) (pressure, error) {
	level, err := unix.SysctlUint32("kern.memorystatus_vm_pressure_level")
	if err != nil {
		return pressure{}, err
	}
	known := map[uint32]string{1: calm, 2: tight, 4: short} // DISPATCH_MEMORYPRESSURE_NORMAL, _WARN, _CRITICAL
	return pressure{level: known[level]}, nil
}

// slept is the difference of the clock that counts sleep to the one that does not.
func slept() time.Duration {
	const uptimeRaw = 8    // CLOCK_UPTIME_RAW
	const monotonicRaw = 4 // CLOCK_MONOTONIC_RAW
	var with, without unix.Timespec
	if unix.ClockGettime(monotonicRaw, &with) != nil || unix.ClockGettime(uptimeRaw, &without) != nil {
		return 0
	}
	return time.Duration(with.Nano() - without.Nano())
}
