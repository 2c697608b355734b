//go:build !linux

package metered

// Is is unknown here: false.
func Is() bool { return false }
