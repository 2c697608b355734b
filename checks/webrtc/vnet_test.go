package webrtc

import (
	"net"
	"testing"
	"time"

	"github.com/pion/stun/v3"
	"github.com/pion/transport/v2/vnet"
	"github.com/pion/webrtc/v3"

	"linecheck/checks/internal/media"
)

// street is a virtual network: two people behind routers of their own, and a STUN server in the open.
type street struct {
	wan  *vnet.Router
	ends [2]*vnet.Net
}

func newStreet(t *testing.T, nats [2]vnet.NATType, delay time.Duration) *street {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	s := &street{}
	s.wan, err = vnet.NewRouter(&vnet.RouterConfig{CIDR: "1.2.3.0/24", MinDelay: delay, LoggerFactory: media.Quiet()})
	must(err)
	server, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{"1.2.3.4"}})
	must(err)
	must(s.wan.AddNet(server))
	for i, nat := range nats {
		lan, err := vnet.NewRouter(&vnet.RouterConfig{
			StaticIPs: []string{[]string{"1.2.3.10", "1.2.3.20"}[i]}, CIDR: []string{"192.168.0.0/24", "10.2.0.0/24"}[i], NATType: &nat, LoggerFactory: media.Quiet(),
		})
		must(err)
		s.ends[i], err = vnet.NewNet(&vnet.NetConfig{})
		must(err)
		must(lan.AddNet(s.ends[i]))
		must(s.wan.AddRouter(lan))
	}
	must(s.wan.Start())
	t.Cleanup(func() { _ = s.wan.Stop() })
	conn, err := server.ListenPacket("udp4", "1.2.3.4:3478")
	must(err)
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			m, ok := media.ParseSTUN(b[:n])
			if !ok {
				continue
			}
			at := from.(*net.UDPAddr)
			answer := stun.MustBuild(stun.NewTransactionIDSetter(m.TransactionID), stun.BindingSuccess, &stun.XORMappedAddress{IP: at.IP, Port: at.Port}, stun.Fingerprint)
			_, _ = conn.WriteTo(answer.Raw, from)
		}
	}()
	return s
}

// describe hands the description that one end makes to the other.
func describe(t *testing.T, from, to *webrtc.PeerConnection, make func() (webrtc.SessionDescription, error)) {
	t.Helper()
	d, err := make()
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(from)
	if err := from.SetLocalDescription(d); err != nil {
		t.Fatal(err)
	}
	<-gathered
	if err := to.SetRemoteDescription(*from.LocalDescription()); err != nil {
		t.Fatal(err)
	}
}

// call lets both people call each other, without a relay, and says whether they connect.
func (s *street) call(t *testing.T) bool {
	t.Helper()
	var peers [2]*webrtc.PeerConnection
	states := make(chan webrtc.PeerConnectionState, 20)
	for i := range peers {
		var settings webrtc.SettingEngine
		tune(&settings)
		settings.SetNet(s.ends[i])
		settings.SetICETimeouts(time.Second, 2*time.Second, 200*time.Millisecond)
		api, err := media.NewAPI(settings)
		if err != nil {
			t.Fatal(err)
		}
		pc, err := api.NewPeerConnection(webrtc.Configuration{ICEServers: []webrtc.ICEServer{{URLs: []string{"stun:1.2.3.4:3478"}}}})
		if err != nil {
			t.Fatal(err)
		}
		defer pc.GracefulClose()
		peers[i] = pc
	}
	peers[0].OnConnectionStateChange(func(state webrtc.PeerConnectionState) { states <- state })
	if _, err := peers[0].CreateDataChannel("x", nil); err != nil {
		t.Fatal(err)
	}
	describe(t, peers[0], peers[1], func() (webrtc.SessionDescription, error) { return peers[0].CreateOffer(nil) })
	describe(t, peers[1], peers[0], func() (webrtc.SessionDescription, error) { return peers[1].CreateAnswer(nil) })
	limit := time.After(10 * time.Second)
	for {
		select {
		case state := <-states:
			switch state {
			case webrtc.PeerConnectionStateConnected:
				return true
			case webrtc.PeerConnectionStateFailed:
				return false
			}
		case <-limit:
			return false
		}
	}
}

// Why a router that maps each server to another address is told of where no relay
// is open: two people behind such routers do not find each other.
func TestWhichNATsNeedARelay(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for ICE to fail, 8 s")
	}
	full := vnet.NATType{MappingBehavior: vnet.EndpointIndependent, FilteringBehavior: vnet.EndpointIndependent}
	port := vnet.NATType{MappingBehavior: vnet.EndpointIndependent, FilteringBehavior: vnet.EndpointAddrPortDependent}
	each := vnet.NATType{MappingBehavior: vnet.EndpointAddrPortDependent, FilteringBehavior: vnet.EndpointAddrPortDependent}
	for _, tt := range []struct {
		name     string
		nats     [2]vnet.NATType
		connects bool
	}{
		{"both map alike for all and let all in", [2]vnet.NATType{full, full}, true},
		{"both map alike for all and filter", [2]vnet.NATType{port, port}, true},
		{"one maps each server to another address, one lets all in", [2]vnet.NATType{each, full}, true},
		{"one maps each server to another address, one filters", [2]vnet.NATType{each, port}, false},
		{"both map each server to another address", [2]vnet.NATType{each, each}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := newStreet(t, tt.nats, 10*time.Millisecond).call(t); got != tt.connects {
				t.Errorf("connects: %v, want %v", got, tt.connects)
			}
		})
	}
}
