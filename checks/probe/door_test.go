package probe

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/pion/stun/v3"
)

// tape is a connection that plays bytes.
type tape struct {
	net.Conn
	in *bytes.Reader
}

func (c *tape) Read(b []byte) (int, error) { return c.in.Read(b) }

func TestFirstBytes(t *testing.T) {
	request := stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest)).Raw
	for _, tt := range []struct {
		name string
		says []byte
		kind int
	}{
		{"TLS", []byte{0x16, 3, 1, 0, 5}, speaksTLS},
		{"TURN", request, speaksTURN},
		{"a packet behind its length", append([]byte{0, byte(len(request))}, request...), speaksICE},
		{"HTTP", []byte("GET / HTTP/1.1\r\n"), speaksNothing},
		{"nothing", nil, speaksNothing},
		{"zeros", make([]byte, 40), speaksNothing},
		{"cut off", request[:6], speaksNothing},
	} {
		kind, seen := firstBytes(&tape{in: bytes.NewReader(tt.says)})
		if kind != tt.kind || !bytes.HasPrefix(tt.says, seen) {
			t.Errorf("%s: it speaks %d, seen %x", tt.name, kind, seen)
		}
	}
}

func FuzzFirstBytes(f *testing.F) {
	f.Add([]byte{0x16, 3, 1})
	f.Add(stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw)
	f.Fuzz(func(t *testing.T, says []byte) {
		kind, seen := firstBytes(&tape{in: bytes.NewReader(says)})
		if kind != speaksNothing && !bytes.HasPrefix(says, seen) {
			t.Errorf("%x became %x", says, seen)
		}
	})
}

// Who says nothing is let go, and holds nothing up.
func TestSilentConnectionsAreClosed(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a limit, 10 s")
	}
	t.Parallel()
	_, door := doored(t)
	c, err := net.Dial("tcp", door)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	begin := time.Now()
	_ = c.SetReadDeadline(begin.Add(2 * firstBytesLimit))
	if _, err := c.Read(make([]byte, 1)); err == nil || time.Since(begin) > firstBytesLimit+2*time.Second {
		t.Errorf("it was closed after %v: %v", time.Since(begin), err)
	}
}
