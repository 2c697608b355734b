// Package nat asks STUN servers (RFC 8489) how this computer's packets are seen
// outside, and names by their answers how the NAT in between maps (RFC 4787). No
// media and no judgment come in here.
package nat

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/address"
	"linecheck/checks/internal/media"
)

// patience is when a request without answer is given up, and
// retries are when it is sent, both from the beginning. RFC 8489, 6.2.1
// begins at 500 ms; these are shorter, because a person waits.
const patience = 2500 * time.Millisecond

// others is how long the other servers are waited for, once one has answered and so UDP passes. A port of theirs may be
// shut; a request that was lost is sent again within this time.
const others = time.Second

func retries() []time.Duration {
	return []time.Duration{0, 250 * time.Millisecond, 600 * time.Millisecond, 1200 * time.Millisecond}
}

// Mapping is one server's answer: which address it saw us come from, and how long it took.
type Mapping struct {
	Server, Mapped netip.AddrPort
	Took           time.Duration
}

// Survey is what the servers of one address family said to one socket.
type Survey struct {
	// Local is the socket; its address is unspecified.
	Local netip.AddrPort
	// Mappings are the answers; none where nothing came back.
	Mappings []Mapping
	// Err is why nothing was answered.
	Err error
}

// Ask asks all servers for our mapped address, from one socket a family.
// IPv4 is preferred where it has answers, since calls over it are what NAT troubles.
func Ask(ctx context.Context, servers []string) Survey {
	v4, v6, err := resolveAll(ctx, servers)
	if len(v4)+len(v6) == 0 {
		return Survey{Err: err}
	}
	var first, second Survey
	var both sync.WaitGroup
	both.Go(func() { first = surveyFamily(ctx, "udp4", v4) })
	both.Go(func() { second = surveyFamily(ctx, "udp6", v6) })
	both.Wait()
	return better(first, second)
}

// better is the first survey, unless only the second says something: an answer, or
// that none came to what could be sent, where the first could not even be sent.
func better(first, second Survey) Survey {
	if len(first.Mappings) > 0 || second.Mappings == nil && second.Err == nil {
		return first
	}
	if len(second.Mappings) > 0 || first.Err == nil || !errors.Is(first.Err, os.ErrDeadlineExceeded) && errors.Is(second.Err, os.ErrDeadlineExceeded) {
		return second
	}
	return first
}

// resolveAll looks up every server: at most one address a family each.
func resolveAll(ctx context.Context, servers []string) (v4, v6 []netip.AddrPort, err error) {
	found := make([][]netip.AddrPort, len(servers))
	failed := make([]error, len(servers))
	var all sync.WaitGroup
	for i, server := range servers {
		all.Go(func() { found[i], failed[i] = Resolve(ctx, server) })
	}
	all.Wait()
	for _, addrs := range found {
		var has4, has6 bool
		for _, a := range addrs {
			switch {
			case a.Addr().Is4() && !has4:
				v4, has4 = append(v4, a), true
			case a.Addr().Is6() && !has6:
				v6, has6 = append(v6, a), true
			}
		}
	}
	return v4, v6, errors.Join(failed...)
}

// Resolve is the addresses of one server, given as host:port.
func Resolve(ctx context.Context, server string) ([]netip.AddrPort, error) {
	host, port, err := address.Split(server)
	if err != nil {
		return nil, fmt.Errorf("address of a STUN server: %w", err)
	}
	ips, err := address.Lookup(ctx, host)
	var addrs []netip.AddrPort
	for _, ip := range ips {
		addrs = append(addrs, netip.AddrPortFrom(ip, uint16(port)))
	}
	return addrs, err
}

// surveyFamily asks the servers from one socket and waits until all answered or patience ends.
func surveyFamily(ctx context.Context, network string, servers []netip.AddrPort) Survey {
	if len(servers) == 0 {
		return Survey{}
	}
	conn, err := net.ListenUDP(network, nil)
	if err != nil {
		return Survey{Err: err}
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	defer stop()

	q := newQuestions(conn, servers)
	begin := time.Now()
	for _, at := range append(retries()[1:], patience) {
		q.send()
		if err := q.listen(ctx, begin.Add(at)); err != nil || q.enough() {
			break
		}
	}
	s := Survey{Local: conn.LocalAddr().(*net.UDPAddr).AddrPort(), Mappings: q.mappings}
	if len(s.Mappings) == 0 {
		s.Err = q.why(ctx)
	}
	return s
}

// question is one request under way.
type question struct {
	server netip.AddrPort
	sent   map[[stun.TransactionIDSize]byte]time.Time // when the request with each id was sent
	done   bool
}

// questions are the requests of one socket.
type questions struct {
	conn     *net.UDPConn
	asked    []*question
	mappings []Mapping
	first    time.Time // when the first answer came
	sendErr  error
	sentOnce bool
}

func newQuestions(conn *net.UDPConn, servers []netip.AddrPort) *questions {
	q := &questions{conn: conn}
	for _, s := range servers {
		q.asked = append(q.asked, &question{server: s, sent: map[[stun.TransactionIDSize]byte]time.Time{}})
	}
	return q
}

// send sends every request that has no answer yet, each time under a new id, so
// that an answer's time is that of the request it belongs to.
func (q *questions) send() {
	for _, one := range q.asked {
		if one.done {
			continue
		}
		m, err := stun.Build(stun.TransactionID, stun.BindingRequest)
		if err != nil {
			q.sendErr = err
			continue
		}
		one.sent[m.TransactionID] = time.Now()
		if _, err := q.conn.WriteToUDPAddrPort(m.Raw, one.server); err != nil {
			q.sendErr = err
			continue
		}
		q.sentOnce = true
	}
}

// listen takes answers until then, or until there are enough.
func (q *questions) listen(ctx context.Context, until time.Time) error {
	b := make([]byte, 1500)
	for !q.enough() {
		if end := q.first.Add(others); !q.first.IsZero() && end.Before(until) {
			until = end
		}
		if err := q.conn.SetReadDeadline(until); err != nil {
			return err
		}
		if ctx.Err() != nil {
			break
		}
		n, from, err := q.conn.ReadFromUDPAddrPort(b)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return ctx.Err()
		}
		if errors.Is(err, net.ErrClosed) {
			return err
		}
		if err == nil {
			q.take(b[:n], from)
		} else if time.Now().After(until) {
			return nil
		}
	}
	return ctx.Err()
}

// take books an answer: only from the server that was asked, under an id it was asked with.
func (q *questions) take(packet []byte, from netip.AddrPort) {
	m, ok := media.ParseSTUN(packet)
	if !ok || m.Type != stun.BindingSuccess {
		return
	}
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	for _, one := range q.asked {
		sent, asked := one.sent[m.TransactionID]
		if one.done || !asked || one.server != from {
			continue
		}
		var x stun.XORMappedAddress
		if x.GetFrom(m) != nil {
			return
		}
		ip, ok := netip.AddrFromSlice(x.IP)
		if !ok {
			return
		}
		one.done = true
		if q.first.IsZero() {
			q.first = time.Now()
		}
		mapped := netip.AddrPortFrom(ip.Unmap(), uint16(x.Port))
		q.mappings = append(q.mappings, Mapping{Server: one.server, Mapped: mapped, Took: time.Since(sent)})
	}
}

// enough says whether all have answered, or those that have not had their time.
func (q *questions) enough() bool {
	return len(q.mappings) == len(q.asked) || !q.first.IsZero() && time.Since(q.first) >= others
}

// why nothing was answered: it could not be sent, or nothing came back.
func (q *questions) why(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !q.sentOnce && q.sendErr != nil {
		return q.sendErr
	}
	return fmt.Errorf("no answer over UDP: %w", os.ErrDeadlineExceeded)
}
