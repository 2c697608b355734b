package probe

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v3"

	"linecheck/checks/internal/media"
	"linecheck/checks/internal/stats"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/strict"
)

// caller is a real peer that calls the echo with audio and a data channel.
type caller struct {
	pc       *webrtc.PeerConnection
	track    *webrtc.TrackLocalStaticRTP
	channel  *webrtc.DataChannel
	open     chan struct{}
	echoes   chan media.Down
	messages chan string
	number   uint16
}

func newCaller(t *testing.T) *caller { return newCallerThrough(t, &interceptor.NoOp{}) }

// newCallerThrough has an interceptor see what the caller sends.
func newCallerThrough(t *testing.T, i interceptor.Interceptor) *caller {
	t.Helper()
	seen := &interceptor.Registry{}
	seen.Add(made{i})
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterCodec(media.Opus(), webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	s := webrtc.SettingEngine{LoggerFactory: media.Quiet()}
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(1) // disabled
	s.SetIPFilter(net.IP.IsLoopback)
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(s), webrtc.WithInterceptorRegistry(seen)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	c := &caller{pc: pc, open: make(chan struct{}), echoes: make(chan media.Down, 1000), messages: make(chan string, 10)}
	if c.track, err = webrtc.NewTrackLocalStaticRTP(media.Opus().RTPCodecCapability, "a", "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTrack(c.track); err != nil {
		t.Fatal(err)
	}
	if c.channel, err = pc.CreateDataChannel("x", nil); err != nil {
		t.Fatal(err)
	}
	c.channel.OnOpen(func() { close(c.open) })
	c.channel.OnMessage(func(m webrtc.DataChannelMessage) { c.messages <- string(m.Data) })
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			packet, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			if d, ok := media.ParseDown(packet.Payload); ok {
				c.echoes <- d
			}
		}
	})
	return c
}

// call connects through a session of the probe.
func (c *caller) call(t *testing.T, p *Probe, token string) {
	t.Helper()
	offer, err := c.pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	w := post(t, p, token, asJSON(t, offer.SDP))
	var answer exchange.Echo
	if err := strict.Decode(w.Body.Bytes(), maxOffer, &answer); err != nil || w.Code != http.StatusCreated {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.open:
	case <-time.After(10 * time.Second):
		t.Fatal("no connection")
	}
}

func (c *caller) send(payload []byte) {
	c.number++
	_ = c.track.WriteRTP(&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: c.number}, Payload: payload})
}

// warm sends warm-up packets until one is back.
func (c *caller) warm(t *testing.T) {
	t.Helper()
	for range 200 {
		c.send(media.Up{Stream: media.Warm}.Payload(0))
		select {
		case d := <-c.echoes:
			if d.Up.Stream != media.Warm || d.Count != 0 {
				t.Errorf("the echo of a warm-up packet is %+v", d)
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("nothing is echoed")
}

// next is the next echo of a counted packet; ok is false where none comes.
func (c *caller) next() (d media.Down, ok bool) {
	limit := time.After(500 * time.Millisecond)
	for {
		select {
		case d := <-c.echoes:
			if d.Up.Stream != media.Warm {
				return d, true
			}
		case <-limit:
			return d, false
		}
	}
}

func TestEchoOfACall(t *testing.T) {
	p := newTestProbe(t)
	token := open(t, p, "k")
	c := newCaller(t)
	c.call(t, p, token)
	c.warm(t)

	type sent struct {
		payload []byte
		echoed  bool
	}
	up := func(seq uint32) []byte {
		return media.Up{Stream: media.Speech, Seq: seq, Sent: time.Duration(seq) * media.Interval}.Payload(0)
	}
	var count uint32
	for i, one := range []sent{
		{up(0), true}, {up(1), true},
		{up(1), false}, // came before
		{[]byte("not ours"), false}, {up(media.MaxPackets), false},
		{up(4), true}, {up(3), true},
	} {
		c.send(one.payload)
		d, ok := c.next()
		if ok != one.echoed {
			t.Fatalf("packet %d: echoed %v, want %v", i, ok, one.echoed)
		}
		if !ok {
			continue
		}
		count++
		want, _ := media.ParseUp(one.payload)
		if d.Up != want || d.Count != count || d.Seq != count-1 || d.Sent < d.Received {
			t.Errorf("packet %d: echo %+v", i, d)
		}
	}
	checkObservation(t, p, token)
}

// checkObservation looks at the sealed account of four of five packets, one of them late.
func checkObservation(t *testing.T, p *Probe, token string) {
	t.Helper()
	s, ok := p.find(token)
	if !ok {
		t.Fatal("the session is gone")
	}
	sealed, err := p.seal(s, media.Check, s.account(media.Check))
	if err != nil {
		t.Fatal(err)
	}
	o, err := envelope.Open[report.Observation](sealed, p.cfg.Key.Public(), report.ObservationType)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, m := range o.Value().Metrics {
		if m.Origin != report.Server {
			t.Errorf("%+v is not by the server", m)
		}
		got[m.Key] = float64(m.Value)
	}
	if !(got["webrtc.jitter.ms.up"] > 0) {
		t.Errorf("packets sent without pace have jitter %v", got["webrtc.jitter.ms.up"])
	}
	delete(got, "webrtc.jitter.ms.up")
	low, high := stats.LossInterval(1, 5, 1)
	want := map[string]float64{
		"webrtc.packets.up": 4, "webrtc.loss.ratio.up": 0.2, "webrtc.reordered.ratio.up": 0.25, "webrtc.burst.up": 1,
		"webrtc.loss.ratio.up.low": low, "webrtc.loss.ratio.up.high": high,
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-6)); diff != "" || o.Value().Facts["busy"] != "0" {
		t.Errorf("facts %v %s", o.Value().Facts, diff)
	}
}

func TestEchoOfMessages(t *testing.T) {
	p := newTestProbe(t)
	c := newCaller(t)
	c.call(t, p, open(t, p, "k"))
	for _, m := range []string{strings.Repeat("x", maxMessage+1), "ping"} {
		if err := c.channel.SendText(m); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case m := <-c.messages:
		if m != "ping" {
			t.Errorf("%d bytes came back; what is too long is dropped", len(m))
		}
	case <-time.After(5 * time.Second):
		t.Error("the message did not come back")
	}
}

// A peer that hangs up frees its seat; the probe does not wait for its life to end.
func TestAPeerThatHangsUpIsForgotten(t *testing.T) {
	p := newTestProbe(t)
	c := newCaller(t)
	c.call(t, p, open(t, p, "k"))
	waitForSeats(t, p, 1)
	if err := c.pc.GracefulClose(); err != nil {
		t.Fatal(err)
	}
	waitForSeats(t, p, 0)
}
