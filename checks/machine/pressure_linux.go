package machine

import (
	"context"
	"errors"

	"github.com/prometheus/procfs"

	"linecheck/checks/internal/load"
)

// memoryPressure asks the kernel's pressure stall information (PSI).
func memoryPressure(context.Context) (pressure, error) { return pressureBelow("/proc") }

func pressureBelow(dir string) (pressure, error) {
	if err := load.Plain(dir + "/pressure/memory"); err != nil {
		return pressure{}, err
	}
	fs, err := procfs.NewFS(dir)
	if err != nil {
		return pressure{}, err
	}
	psi, err := fs.PSIStatsForResource("memory")
	switch {
	case err != nil:
		return pressure{}, err
	case psi.Some == nil || psi.Full == nil:
		return pressure{}, errors.New("the pressure is not told")
	}
	return stall(psi.Some.Avg10/100, psi.Full.Avg10/100), nil
}
