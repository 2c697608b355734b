package probe

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"linecheck/report/exchange"
)

// ice answers with what a call of this session needs: servers, and credentials for five minutes.
func (p *Probe) ice(s *session, w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 1024))
	if p.media.sock == nil {
		Refuse(w, http.StatusNotImplemented, "echo.off", errNoMedia.Error())
		return
	}
	s.called.Do(func() { p.media.sock.unheard.ask(p.cfg.unheardWait, p.media.port(), p.cfg.Log) })
	answer(w, http.StatusOK, p.media.ice(s.subject.InviteID, r.Host, time.Now()))
}

// ice are the servers for an applicant who reached this one by host.
func (m *mediaEnd) ice(invite, host string, now time.Time) exchange.ICE {
	out := exchange.ICE{Servers: []exchange.ICEServer{}, TCP: []string{}, Seconds: int(credentialLife / time.Second)}
	host = m.hostFor(host)
	var stun []string
	for _, at := range m.stun.addresses(host) {
		stun = append(stun, "stun:"+at)
	}
	out.Servers = append(out.Servers, exchange.ICEServer{URLs: stun})
	ports := m.tcpPorts()
	for _, port := range ports {
		out.TCP = append(out.TCP, net.JoinHostPort(host, strconv.Itoa(port)))
	}
	relay := exchange.ICEServer{}
	switch {
	case m.cfg.TURN != nil:
		relay.URLs = m.cfg.TURN.URIs
		relay.Username, relay.Credential = credentials(m.cfg.TURN.Secret, invite, now)
	case m.turn != nil:
		at := func(scheme string, port int, transport string) string {
			return fmt.Sprintf("%s:%s?transport=%s", scheme, net.JoinHostPort(host, strconv.Itoa(port)), transport)
		}
		relay.URLs = append(relay.URLs, at("turn", m.port(), "udp"))
		if n := len(ports); n > 0 { // the first is that of the web, best on 443; the last is for calls, where there are two
			relay.URLs = append(relay.URLs, at("turn", ports[n-1], "tcp"), at("turns", ports[0], "tcp"))
		}
		relay.Username, relay.Credential = credentials(m.turn.secret, invite, now)
	}
	out.Servers = append(out.Servers, relay)
	return out
}
