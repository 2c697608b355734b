package wire_test

import (
	"net"
	"syscall"
	"testing"

	"linecheck/checks/internal/wire"
)

func TestRefused(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := ln.Addr().String()
	_ = ln.Close()
	_, err = net.Dial("tcp", at)
	if !wire.Refused(err) || wire.NoRoute(err) {
		t.Errorf("a port where nobody listens: %v", err)
	}
	if wire.Refused(nil) || wire.NoRoute(net.ErrClosed) || !wire.NoRoute(&net.OpError{Op: "dial", Err: syscall.ENETUNREACH}) {
		t.Error("told apart wrongly")
	}
}
