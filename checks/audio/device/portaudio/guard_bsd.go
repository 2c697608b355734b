//go:build unix && !linux

package portaudio

import "golang.org/x/sys/unix"

// divert makes the descriptor to a copy of from.
func divert(from, to int) error { return unix.Dup2(from, to) }
