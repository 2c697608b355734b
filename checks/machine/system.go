package machine

import (
	"context"
	"io/fs"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/shirou/gopsutil/v3/cpu"
	"github.com/shirou/gopsutil/v3/disk"
	"github.com/shirou/gopsutil/v3/host"
	"github.com/shirou/gopsutil/v3/mem"

	"linecheck/checks/internal/load"
)

// askTime is how long one question to the system may take. Some systems answer
// through slow services, or hang on a lost network disk.
const askTime = 1500 * time.Millisecond

// system is what is asked of the operating system. An error, or a value out of
// all bounds, means that it does not tell.
type system struct {
	// cores counts logical processors, or physical cores.
	cores func(ctx context.Context, logical bool) (int, error)
	// busy is how many processor seconds were spent busy, and how many there were.
	busy func(ctx context.Context) (busy, total float64, err error)
	// model is the processor's name.
	model func(ctx context.Context) (string, error)
	// platform is the system's name and version, as "ubuntu" and "24.04".
	platform func(ctx context.Context) (name, version string, err error)
	// guest is what the system runs in, as "kvm"; empty where it is no guest.
	guest func(ctx context.Context) (string, error)
	// memory and swap are in bytes.
	memory func(ctx context.Context) (total, available uint64, err error)
	swap   func(ctx context.Context) (used uint64, err error)
	// disk is what is free where the user's files are, in bytes.
	disk func(ctx context.Context) (free uint64, err error)
	// root is the file system to find the limits of control groups in.
	root fs.FS
}

// thisSystem asks the system we run on.
func thisSystem() system {
	return system{
		cores: cpu.CountsWithContext,
		busy:  load.Seconds,
		model: func(ctx context.Context) (string, error) {
			all, err := cpu.InfoWithContext(ctx)
			if err != nil || len(all) == 0 {
				return "", err
			}
			return all[0].ModelName, nil
		},
		platform: platform,
		guest: func(ctx context.Context) (string, error) {
			name, role, err := host.VirtualizationWithContext(ctx)
			if role != "guest" {
				name = ""
			}
			return name, err
		},
		memory: func(ctx context.Context) (uint64, uint64, error) {
			m, err := mem.VirtualMemoryWithContext(ctx)
			if err != nil {
				return 0, 0, err
			}
			return m.Total, m.Available, nil
		},
		swap: func(ctx context.Context) (uint64, error) {
			s, err := mem.SwapMemoryWithContext(ctx)
			if err != nil {
				return 0, err
			}
			return s.Used, nil
		},
		disk: freeAtHome,
		root: os.DirFS("/"),
	}
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

// ask puts one question to the system and waits no longer than askTime. A call
// that hangs in the system is left behind; there is no way to end it.
func ask[T any](ctx context.Context, question func(context.Context) (T, error)) (answer T, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	type reply struct {
		answer T
		err    error
	}
	got := make(chan reply, 1)
	go func() {
		a, err := question(ctx)
		got <- reply{a, err}
	}()
	select {
	case r := <-got:
		return r.answer, r.err == nil
	case <-ctx.Done():
		return answer, false
	}
}

// pair carries two answers through ask.
type pair[T any] struct{ a, b T }

func both[T any](question func(context.Context) (T, T, error)) func(context.Context) (pair[T], error) {
	return func(ctx context.Context) (pair[T], error) {
		a, b, err := question(ctx)
		return pair[T]{a, b}, err
	}
}

// clean makes a system's text one short line of printable characters.
func clean(s string) string {
	const longest = 80
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	short := []rune(strings.Join(strings.Fields(s), " "))
	return strings.TrimSpace(string(short[:min(longest, len(short))]))
}

// within says whether a value can be true at all.
func within(v, lowest, highest float64) bool { return v >= lowest && v <= highest }
