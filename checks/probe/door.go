package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
)

const (
	// firstBytesLimit is how long a connection may say nothing before it is closed.
	firstBytesLimit = 10 * time.Second
	// idleLimit is how long a call over TCP may be silent.
	idleLimit = time.Minute
	// callsPerAddress bounds the connections of calls that one address has open.
	callsPerAddress = 128
	// turnProtocol is TURN's name in ALPN (RFC 7443).
	turnProtocol = "stun.turn"
)

// Listen sorts the connections that come in at a listener by their first bytes:
// TURN and calls over TCP are the probe's, below TLS and (TURN) within it, so that
// one port is enough where a firewall leaves just one. What is left is HTTP, for
// the listener that is returned: TLS has been taken off. Serve it with [ConnContext].
func (p *Probe) Listen(ln net.Listener, cfg *tls.Config) net.Listener {
	cfg = cfg.Clone()
	if len(cfg.NextProtos) > 0 {
		cfg.NextProtos = append(slices.Clone(cfg.NextProtos), turnProtocol)
	}
	d := &door{Listener: ln, probe: p, tls: cfg, web: newInlet(ln.Addr())}
	p.media.addDoor(ln.Addr())
	go d.serve()
	return d
}

// door is a listener whose connections are sorted.
type door struct {
	net.Listener
	probe *Probe
	tls   *tls.Config
	web   *inlet
}

// Accept takes the next connection that speaks HTTP.
func (d *door) Accept() (net.Conn, error) { return d.web.Accept() }

// Close ends listening.
func (d *door) Close() error {
	_ = d.web.Close()
	return d.Listener.Close()
}

func (d *door) serve() {
	defer d.web.Close()
	for {
		c, err := d.Listener.Accept()
		switch {
		case err == nil:
			go d.sort(&conn{Conn: c})
		case errors.Is(err, net.ErrClosed):
			return
		default: // too many open files, for a moment
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// sort finds out what a connection speaks and hands it over.
func (d *door) sort(c *conn) {
	m := d.probe.media
	if !m.calls.add(c) {
		_ = c.Close()
		return
	}
	_ = c.SetDeadline(time.Now().Add(firstBytesLimit))
	kind, seen := firstBytes(c)
	switch kind {
	case speaksTLS:
		d.within(&replay{Conn: c, head: seen}, c)
	case speaksTURN:
		d.relay(&replay{Conn: c, head: seen}, c)
	case speaksICE:
		m.calls.limit(c, func() { m.echoTCP(&replay{Conn: c, head: seen}) })
	default:
		if len(seen) > 0 {
			_, _ = io.WriteString(c, "HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\nThis server speaks HTTPS.\n")
		}
		m.calls.drop(c)
	}
}

// within takes TLS off and finds out what is in it.
func (d *door) within(c net.Conn, raw *conn) {
	secured := tls.Server(c, d.tls)
	if err := secured.HandshakeContext(context.Background()); err != nil {
		d.probe.media.calls.drop(raw)
		return
	}
	_ = raw.SetDeadline(time.Now().Add(3 * firstBytesLimit)) // browsers open connections ahead of need
	var head [1]byte
	if _, err := io.ReadFull(secured, head[:]); err != nil {
		d.probe.media.calls.drop(raw)
		return
	}
	whole := &replay{Conn: secured, head: head[:]}
	if head[0] < 4 { // STUN; HTTP begins with a letter
		d.relay(whole, raw)
		return
	}
	_ = raw.SetDeadline(time.Time{})
	d.probe.media.calls.forget(raw)
	d.web.put(&web{Conn: whole, raw: raw})
}

// relay hands a connection to the TURN server, where there is one.
func (d *door) relay(c net.Conn, raw *conn) {
	m := d.probe.media
	if m.turn == nil {
		m.calls.drop(raw)
		return
	}
	m.calls.limit(raw, func() { m.turn.inlet.put(&patient{Conn: media.NewRelayed(c), ended: func() { m.calls.forget(raw) }}) })
}

// What a connection speaks.
const (
	speaksNothing = iota
	speaksTLS
	speaksTURN
	speaksICE
)

// firstBytes reads as many bytes as are needed to tell what a connection speaks, and returns them.
func firstBytes(c net.Conn) (kind int, seen []byte) {
	b := make([]byte, 10)
	if _, err := io.ReadFull(c, b[:1]); err != nil {
		return speaksNothing, nil
	}
	switch {
	case b[0] == 0x16: // a TLS handshake
		return speaksTLS, b[:1]
	case b[0] > 0x06: // neither a STUN method nor the length of a packet
		return speaksNothing, b[:1]
	}
	if _, err := io.ReadFull(c, b[1:]); err != nil {
		return speaksNothing, b[:1]
	}
	switch {
	case stun.IsMessage(append(b[:10:10], make([]byte, 10)...)):
		return speaksTURN, b
	case stun.IsMessage(append(b[2:10:10], make([]byte, 12)...)): // behind a length (RFC 4571)
		return speaksICE, b
	}
	return speaksNothing, b
}

// replay is a connection some of whose bytes have been read ahead.
type replay struct {
	net.Conn
	head []byte
}

// Read gives what was read ahead first.
func (r *replay) Read(b []byte) (int, error) {
	if len(r.head) > 0 {
		n := copy(b, r.head)
		r.head = r.head[n:]
		return n, nil
	}
	return r.Conn.Read(b)
}

// web is a connection that speaks HTTP, on whatever it comes.
type web struct {
	net.Conn
	raw *conn
}

// patient is a connection that is closed when it is silent for long.
type patient struct {
	net.Conn
	once  sync.Once
	ended func()
}

// Read waits for idleLimit at most.
func (p *patient) Read(b []byte) (int, error) {
	_ = p.SetReadDeadline(time.Now().Add(idleLimit))
	return p.Conn.Read(b)
}

// Close also tells those who count.
func (p *patient) Close() error {
	p.once.Do(p.ended)
	return p.Conn.Close()
}

// calls are the connections that are not HTTP's (yet). Its zero value is ready.
type calls struct {
	mu     sync.Mutex
	ended  bool
	open   map[net.Conn]netip.Addr
	counts map[netip.Addr]int
}

// add takes a connection in; false when all is over.
func (k *calls) add(c net.Conn) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.open == nil {
		k.open, k.counts = map[net.Conn]netip.Addr{}, map[netip.Addr]int{}
	}
	if !k.ended {
		k.open[c] = netip.Addr{}
	}
	return !k.ended
}

// limit goes on with a connection that turned out to be a call's, unless its address has too many.
func (k *calls) limit(c net.Conn, next func()) {
	_ = c.SetDeadline(time.Time{})
	host := hostOf(c.RemoteAddr())
	k.mu.Lock()
	full := k.counts[host] >= callsPerAddress
	if _, here := k.open[c]; here && !full {
		k.open[c] = host
		k.counts[host]++
	}
	k.mu.Unlock()
	if full {
		k.drop(c)
		return
	}
	next()
}

// forget lets a connection go; drop closes it too.
func (k *calls) forget(c net.Conn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if host := k.open[c]; host.IsValid() {
		if k.counts[host]--; k.counts[host] <= 0 {
			delete(k.counts, host)
		}
	}
	delete(k.open, c)
}

func (k *calls) drop(c net.Conn) {
	k.forget(c)
	_ = c.Close()
}

// end closes all.
func (k *calls) end() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ended = true
	for c := range k.open {
		_ = c.Close()
	}
}
