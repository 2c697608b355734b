package probe

import (
	"time"

	"linecheck/checks/internal/media"
)

// writeLimit is how long a call over TCP may be unable to take a packet.
const writeLimit = 5 * time.Second

// echoTCP is a call over TCP: each packet behind its length (RFC 6544). The
// echo takes it for one more that comes over UDP. It returns when the call is over.
func (m *mediaEnd) echoTCP(c *replay) {
	defer m.calls.drop(c.Conn)
	out := newPipe(nil, nil, nil)
	defer out.Close()
	from, leave := m.sock.join(func(packet []byte) { out.push(packet, nil) })
	defer leave()
	framed := media.NewFramed(c)
	go writeFrames(framed, out)
	b := make([]byte, media.MaxPacket)
	for {
		_ = c.SetReadDeadline(time.Now().Add(idleLimit))
		n, err := framed.ReadPacket(b)
		if err != nil {
			return
		}
		m.sock.hand(b[:n], from)
	}
}

// writeFrames sends what the echo has for a call over TCP, so that a slow one holds up nobody else.
func writeFrames(c *media.Framed, out *pipe) {
	b := make([]byte, media.MaxPacket)
	for {
		n, _, err := out.ReadFrom(b)
		if err != nil {
			return
		}
		_ = c.SetWriteDeadline(time.Now().Add(writeLimit))
		if c.WritePacket(b[:n]) != nil {
			_ = c.Close()
			return
		}
	}
}
