//go:build !linux

package machine

import (
	"context"

	"github.com/shirou/gopsutil/v3/host"
)

// platform is the system's name and version.
func platform(ctx context.Context) (name, version string, err error) {
	name, _, version, err = host.PlatformInformationWithContext(ctx)
	return name, version, err
}
