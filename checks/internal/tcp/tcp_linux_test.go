package tcp

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestTheSystemSeesWhatMoves(t *testing.T) {
	small := func(_, _ string, raw syscall.RawConn) error { // packets as on the internet
		var failed error
		return errors.Join(raw.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG, 1400) }), failed)
	}
	ln, err := (&net.ListenConfig{Control: small}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	const n = 4 << 20
	sent := make(chan State, 1)
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = c.Write(make([]byte, n))
		_, _ = io.ReadFull(c, make([]byte, 1)) // all is acknowledged by then
		s, _ := Of(c)
		sent <- s
	}()
	c, err := (&net.Dialer{Control: small}).Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.ReadFull(c, make([]byte, n)); err != nil {
		t.Fatal(err)
	}
	here, ok := Of(c)
	if _, err := c.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	there := <-sent
	for what, got := range map[string]int64{"arrived": here.Arrived, "delivered": there.Delivered} {
		if !ok || got < n*95/100 || got > n*11/10 {
			t.Errorf("%s: %d of %d", what, got, n)
		}
	}
	if there.RTT <= 0 {
		t.Error("no round trip")
	}
	if Congestion(c, "") == "" || Congestion(c, "no such thing") != Congestion(c, "") {
		t.Errorf("congestion control %q", Congestion(c, ""))
	}
	if _, ok := Of(nil); ok {
		t.Error("a state of nothing")
	}
}
