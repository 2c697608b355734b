//go:build !linux

package internet

// metered is unknown here.
func metered() bool { return false }
