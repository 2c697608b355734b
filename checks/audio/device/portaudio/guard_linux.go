package portaudio

import "golang.org/x/sys/unix"

// divert makes the descriptor to a copy of from; not every Linux has dup2.
func divert(from, to int) error { return unix.Dup3(from, to, 0) }
