package media_test

import (
	"bytes"
	"net"
	"testing"

	"linecheck/checks/internal/media"
)

// tape is a connection that plays bytes and takes others.
type tape struct {
	net.Conn
	in  *bytes.Reader
	out bytes.Buffer
}

func (c *tape) Read(b []byte) (int, error)  { return c.in.Read(b) }
func (c *tape) Write(b []byte) (int, error) { return c.out.Write(b) }

func TestFramesRoundTrip(t *testing.T) {
	c := &tape{in: bytes.NewReader(nil)}
	f := media.NewFramed(c)
	packets := [][]byte{{1}, bytes.Repeat([]byte{2}, 1200), {}}
	for _, p := range packets {
		if err := f.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	back := media.NewFramed(&tape{in: bytes.NewReader(c.out.Bytes())})
	b := make([]byte, 1600)
	for i, want := range packets {
		if n, err := back.ReadPacket(b); err != nil || !bytes.Equal(b[:n], want) {
			t.Errorf("packet %d: %d bytes, %v", i, n, err)
		}
	}
	if _, err := back.ReadPacket(b); err == nil {
		t.Error("a packet after the last")
	}
	if err := f.WritePacket(make([]byte, 1<<16)); err == nil {
		t.Error("a packet without room for its length was written")
	}
}

// FuzzFrames: whatever comes, no packet is longer than there is room for, and it ends.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{0, 1, 7, 0, 0, 0xff, 0xff, 1})
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, data []byte) {
		framed := media.NewFramed(&tape{in: bytes.NewReader(data)})
		b := make([]byte, 100)
		total := 0
		for {
			n, err := framed.ReadPacket(b)
			if err != nil {
				return
			}
			if n > len(b) {
				t.Fatalf("a packet of %d bytes in %d", n, len(b))
			}
			if total += n + 2; total > len(data) {
				t.Fatalf("%d bytes read of %d", total, len(data))
			}
		}
	})
}
