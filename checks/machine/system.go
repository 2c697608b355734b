package machine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/shirou/gopsutil/v3/cpu"
	"github.com/shirou/gopsutil/v3/disk"
	"github.com/shirou/gopsutil/v3/mem"

	"linecheck/checks/internal/load"
)

// system is what is asked of the operating system. An error, or a value out of
// all bounds, means that it does not tell; errNone, that it has not got it.
type system struct {
	// cores counts logical processors, or physical cores.
	cores func(ctx context.Context, logical bool) (int, error)
	// busy is what each processor that this program may use has done so far.
	busy func(ctx context.Context) ([]work, error)
	// model is the processor's name.
	model func(ctx context.Context) (string, error)
	// frequency is how fast the processor's clock is.
	frequency func(ctx context.Context) (frequency, error)
	// processes is what each process has used; name is one's program.
	processes func(ctx context.Context) (processes, error)
	name      func(ctx context.Context, pid int32) (string, error)
	// release is which operating system this is.
	release func(ctx context.Context) (release, error)
	// guest is what the system runs in, as "kvm"; "no" where it is no guest.
	guest func(ctx context.Context) (string, error)
	// remote is whether the person sits at another computer.
	remote func(ctx context.Context) (bool, error)
	// screen is the size of the main screen, in pixels.
	screen func(ctx context.Context) (width, height int, err error)
	// battery is whether the computer runs on its battery; saver whether it saves energy.
	battery func(ctx context.Context) (bool, error)
	saver   func(ctx context.Context) (bool, error)
	// memory and swap are in bytes.
	memory func(ctx context.Context) (total, available uint64, err error)
	swap   func(ctx context.Context) (used uint64, err error)
	// pressure is how short of memory the system is.
	pressure func(ctx context.Context) (pressure, error)
	// disk is what is free where the user's files are, in bytes.
	disk func(ctx context.Context) (free uint64, err error)
	// slept is how long the computer has slept since it was started.
	slept func() time.Duration
	// root is the file system to find the limits of control groups in.
	root fs.FS
}

// frequency are clock rates in hertz; 0 where one is not told.
type frequency struct {
	// max is the highest the processor may reach, base what it is sold with, now the one of the moment.
	max, base, now float64
}

// possible says whether one of the rates can be true.
func (f frequency) possible() bool {
	return slices.ContainsFunc([]float64{f.max, f.base, f.now}, func(hz float64) bool { return within(hz, lowestHz, highestHz) })
}

// release is which operating system this is.
type release struct {
	// id and version are as in the table of systems, as "ubuntu" and "24.04".
	id, version string
	// edition is "home" or "enterprise", where the maker supports them for different times.
	edition string
}

// thisSystem asks the system we run on.
func thisSystem() system {
	return system{
		cores: func(ctx context.Context, logical bool) (int, error) {
			if err := load.Plain("/proc/stat", "/proc/cpuinfo"); err != nil {
				return 0, err
			}
			return cpu.CountsWithContext(ctx, logical)
		},
		busy:      busy,
		model:     model,
		frequency: clockRates,
		processes: listProcesses,
		name:      processName,
		release:   thisRelease,
		guest:     guest,
		remote:    remote,
		screen:    screen,
		battery:   onBattery,
		saver:     savesEnergy,
		memory: func(ctx context.Context) (uint64, uint64, error) {
			if err := load.Plain("/proc/meminfo"); err != nil {
				return 0, 0, err
			}
			m, err := mem.VirtualMemoryWithContext(ctx)
			if err != nil {
				return 0, 0, err
			}
			return m.Total, m.Available, nil
		},
		swap: func(ctx context.Context) (uint64, error) {
			if err := load.Plain("/proc/meminfo", "/proc/vmstat", "/proc/swaps"); err != nil {
				return 0, err
			}
			s, err := mem.SwapMemoryWithContext(ctx)
			if err != nil {
				return 0, err
			}
			return s.Used, nil
		},
		pressure: memoryPressure,
		disk:     freeAtHome,
		slept:    slept,
		root:     os.DirFS("/"),
	}
}

// busy asks for the counters of each processor that this program may use.
func busy(ctx context.Context) ([]work, error) {
	if err := load.Plain("/proc/stat"); err != nil {
		return nil, err
	}
	all, err := cpu.TimesWithContext(ctx, true)
	if err != nil {
		return nil, err
	}
	mine := usable()
	var list []work
	for _, t := range all {
		if mine != nil && !mine(t.CPU) {
			continue
		}
		b, all := load.Seconds(t)
		list = append(list, work{core: t.CPU, busy: b, total: all})
	}
	if len(list) == 0 {
		return nil, errors.New("the load is not told")
	}
	return list, nil
}

// traces are the files in which the library looks for hypervisors and
// containers, also when it is asked for the times of a process.
func traces() []string {
	return []string{"/proc/stat", "/proc/uptime", "/proc/modules", "/proc/cpuinfo", "/proc/bus/pci/devices", "/proc/filesystems", "/etc/os-release", "/proc/1/environ"}
}

func freeAtHome(ctx context.Context) (uint64, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return 0, err
	}
	u, err := disk.UsageWithContext(ctx, home)
	if err != nil {
		return 0, err
	}
	return u.Free, nil
}
