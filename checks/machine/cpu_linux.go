package machine

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v3/cpu"
	"golang.org/x/sys/unix"

	"linecheck/checks/internal/load"
)

// model is the processor's name.
func model(ctx context.Context) (string, error) {
	all, err := info(ctx)
	if err != nil {
		return "", err
	}
	return all.ModelName, nil
}

// info is what the library makes of the first processor.
func info(ctx context.Context) (cpu.InfoStat, error) {
	if err := load.Plain("/proc/cpuinfo"); err != nil {
		return cpu.InfoStat{}, err
	}
	all, err := cpu.InfoWithContext(ctx)
	if err == nil && len(all) == 0 {
		err = errNone
	}
	if err != nil {
		return cpu.InfoStat{}, err
	}
	return all[0], nil
}

// clockRates asks the kernel's frequency scaling, where there is one; else the
// processor itself, and what the kernel measured of it.
func clockRates(ctx context.Context) (f frequency, err error) {
	f = scaling("/sys/devices/system/cpu")
	if f.max > 0 {
		return f, nil
	}
	f = ratedClock()
	if first, err := info(ctx); err == nil {
		f.now = first.Mhz * 1e6
	}
	if f == (frequency{}) {
		return f, errNone
	}
	return f, nil
}

// scaling reads the fastest core's rates, which the kernel gives in kHz.
func scaling(dir string) (f frequency) {
	cores, err := filepath.Glob(filepath.Join(dir, "cpu[0-9]*", "cpufreq"))
	if err != nil {
		return f
	}
	for _, core := range cores {
		rate := func(name string) float64 {
			khz, err := strconv.ParseFloat(strings.TrimSpace(readFile(filepath.Join(core, name))), 64)
			if hz := khz * 1000; err == nil && within(hz, lowestHz, highestHz) {
				return hz
			}
			return 0
		}
		f.max, f.base = max(f.max, rate("cpuinfo_max_freq")), max(f.base, rate("base_frequency"))
		f.now = max(f.now, rate("scaling_cur_freq"))
	}
	return f
}

// usable says which processors this program may run on, by the library's
// names for them; nil where all.
func usable() func(name string) bool {
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil {
		return nil
	}
	return func(name string) bool {
		n, err := strconv.Atoi(strings.TrimPrefix(name, "cpu"))
		return err == nil && set.IsSet(n)
	}
}

// slept is the difference of the clock that counts sleep to the one that does not.
func slept() time.Duration {
	var with, without unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &with) != nil || unix.ClockGettime(unix.CLOCK_MONOTONIC, &without) != nil {
		return 0
	}
	return time.Duration(with.Nano() - without.Nano())
}
