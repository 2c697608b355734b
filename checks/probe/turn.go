package probe

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pion/turn/v4"

	"linecheck/checks/internal/media"
)

const (
	realm = "linecheck"
	// credentialLife is how long credentials for a relay count.
	credentialLife = 5 * time.Minute
	// Relays that may be in use at once, under one invite and by one address. An
	// office behind one address has many applicants.
	relaysPerInvite, relaysPerAddress = 16, 64
)

// TURNServer is a relay that the recruiter runs beside the probe, as coturn with a shared secret.
type TURNServer struct {
	// URIs are its addresses (RFC 7065), as "turn:turn.example:3478?transport=udp".
	URIs []string
	// Secret is what it shares with the probe (coturn: static-auth-secret).
	Secret []byte
}

// credentials are those of the shared-secret scheme that coturn and others
// know: the user name says until when, the password is its HMAC.
func credentials(secret []byte, invite string, now time.Time) (user, password string) {
	id := sha256.Sum256([]byte(invite))
	user = strconv.FormatInt(now.Add(credentialLife).Unix(), 10) + ":" + hex.EncodeToString(id[:8])
	return user, passwordOf(secret, user)
}

func passwordOf(secret []byte, user string) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write([]byte(user))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// inviteOf is the part of a user name that stands for the invite; ok is false
// for a name that is not ours or has expired.
func inviteOf(user string, now time.Time) (invite string, ok bool) {
	until, invite, ok := strings.Cut(user, ":")
	unix, err := strconv.ParseInt(until, 10, 64)
	return invite, ok && err == nil && invite != "" && now.Unix() < unix && unix <= now.Add(credentialLife+time.Minute).Unix()
}

// turnEnd is the probe's own TURN server. It relays to the probe's echo and to nothing else.
type turnEnd struct {
	secret []byte
	server *turn.Server
	inlet  *inlet

	mu    sync.Mutex
	users map[string]int     // relays in use, by what stands for the invite
	addrs map[netip.Addr]int // and by where they are used from
}

// newTURN serves TURN on the socket's pipe, and on the connections that its inlet is given.
func newTURN(s *socket, family func() netip.Addr, echo func(net.IP) bool) (*turnEnd, error) {
	t := &turnEnd{secret: make([]byte, 32), inlet: newInlet(s.udp.LocalAddr()), users: map[string]int{}, addrs: map[netip.Addr]int{}}
	if _, err := rand.Read(t.secret); err != nil {
		return nil, err
	}
	relays := relayMaker{socket: s, family: family}
	permit := func(_ net.Addr, peer net.IP) bool { return echo(peer) }
	var err error
	t.server, err = turn.NewServer(turn.ServerConfig{
		Realm:             realm,
		LoggerFactory:     media.Quiet(),
		AuthHandler:       t.key,
		QuotaHandler:      t.admit,
		EventHandler:      turn.EventHandler{OnAllocationCreated: t.opened, OnAllocationDeleted: t.closed},
		PacketConnConfigs: []turn.PacketConnConfig{{PacketConn: s.relay, RelayAddressGenerator: relays, PermissionHandler: permit}},
		ListenerConfigs:   []turn.ListenerConfig{{Listener: t.inlet, RelayAddressGenerator: relays, PermissionHandler: permit}},
	})
	return t, err
}

// key is what a user's requests are authenticated with.
func (t *turnEnd) key(user, realm string, _ net.Addr) ([]byte, bool) {
	if _, ok := inviteOf(user, time.Now()); !ok {
		return nil, false
	}
	return turn.GenerateAuthKey(user, realm, passwordOf(t.secret, user)), true
}

// admit says whether one more relay is within the limits.
func (t *turnEnd) admit(user, _ string, from net.Addr) bool {
	invite, _ := inviteOf(user, time.Now())
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.users[invite] < relaysPerInvite && t.addrs[hostOf(from)] < relaysPerAddress
}

func (t *turnEnd) opened(from, _ net.Addr, _, user, _ string, _ net.Addr, _ int) {
	t.book(user, from, 1)
}

func (t *turnEnd) closed(from, _ net.Addr, _, user, _ string) { t.book(user, from, -1) }

func (t *turnEnd) book(user string, from net.Addr, n int) {
	_, invite, _ := strings.Cut(user, ":")
	host := hostOf(from)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.users[invite] += n; t.users[invite] <= 0 {
		delete(t.users, invite)
	}
	if t.addrs[host] += n; t.addrs[host] <= 0 {
		delete(t.addrs, host)
	}
}

// hostOf is the IP address of a network address; of IPv6 the beginning of the /64 that it is in, all of which one subscriber has.
func hostOf(a net.Addr) netip.Addr {
	p, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	host := p.Addr().Unmap().WithZone("")
	if host.Is6() {
		host = netip.PrefixFrom(host, 64).Masked().Addr()
	}
	return host
}
