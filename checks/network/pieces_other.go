//go:build !linux && !darwin

package network

import "syscall"

// smallPieces does nothing: this system lets programs not ask for it.
func smallPieces(_, _ string, _ syscall.RawConn) error { return nil }
