package webrtc

import (
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/transport/v2/vnet"
	"github.com/pion/webrtc/v3"

	"linecheck/checks"
	"linecheck/checks/internal/media"
)

// echoBack makes a peer repeat speech as the probe's echo does, and restamp it.
func echoBack(t *testing.T, pc *webrtc.PeerConnection) {
	t.Helper()
	back, err := webrtc.NewTrackLocalStaticRTP(media.Opus().RTPCodecCapability, "echo", "echo")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTrack(back); err != nil {
		t.Fatal(err)
	}
	zero := time.Now()
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		b := make([]byte, media.MaxPacket)
		seq := uint32(0)
		for number := uint16(0); ; number++ {
			_, payload, err := media.ReadPacket(track, b)
			if err != nil {
				return
			}
			d := media.Down{Received: time.Since(zero)}
			var ok bool
			if d.Up, ok = media.ParseUp(payload); !ok {
				continue
			}
			if d.Up.Stream != media.Warm {
				d.Seq, d.Count = seq, seq+1
				seq++
			}
			d.Sent = time.Since(zero)
			_ = back.WriteRTP(&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: number}, Payload: d.Payload(len(payload))})
		}
	})
}

// peer is one end of a call on the street, with our settings.
func (s *street) peer(t *testing.T, i int) *webrtc.PeerConnection {
	t.Helper()
	var settings webrtc.SettingEngine
	tune(&settings)
	settings.SetNet(s.ends[i])
	api, err := media.NewAPI(settings)
	if err != nil {
		t.Fatal(err)
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{ICEServers: []webrtc.ICEServer{{URLs: []string{"stun:1.2.3.4:3478"}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	return pc
}

// A network that delays every packet by 20 ms each way and loses each twentieth of
// speech there and each fiftieth back: just that is measured.
func TestFiguresOnAVirtualNetwork(t *testing.T) {
	full := vnet.NATType{MappingBehavior: vnet.EndpointIndependent, FilteringBehavior: vnet.EndpointIndependent}
	s := newStreet(t, [2]vnet.NATType{full, full}, 20*time.Millisecond)
	up, down := 0, 0
	s.wan.AddChunkFilter(func(c vnet.Chunk) bool {
		data := c.UserData()
		if len(data) < 100 || data[0]>>6 != 2 || data[1]&0x7f != 111 {
			return true
		}
		count, every := &up, 20
		if c.SourceAddr().String()[:8] == "1.2.3.20" {
			count, every = &down, 50
		}
		*count++
		return *count%every != 0
	})
	near, far := s.peer(t, 0), s.peer(t, 1)
	c := &call{way: Direct, pc: near, iceUp: newSignal(), up: newSignal(), channelUp: newSignal(), lost: newSignal()}
	c.watch()
	var err error
	if c.channel, err = near.CreateDataChannel("ping", nil); err != nil {
		t.Fatal(err)
	}
	ev := recorded(t, func(rec *checks.Recorder) {
		st, err := newStream(c, rec)
		if err != nil {
			t.Error(err)
			return
		}
		echoBack(t, far)
		describe(t, near, far, func() (webrtc.SessionDescription, error) { return near.CreateOffer(nil) })
		describe(t, far, near, func() (webrtc.SessionDescription, error) { return far.CreateAnswer(nil) })
		if err := st.warmUp(t.Context()); err != nil {
			t.Error(err)
			return
		}
		if err := st.flow(t.Context(), media.Speech, 300, false, nil); err != nil {
			t.Error(err)
		}
		if err := st.drain(t.Context(), media.Speech); err != nil {
			t.Error(err)
		}
		st.echoes[media.Speech].record(rec, media.Speech, nil)
	})
	between(t, ev, "webrtc.rtt.ms", 40, 40*1.02+1+1) // the street wakes up late now and then
	between(t, ev, "webrtc.loss.ratio.up", 0.045, 0.055)
	between(t, ev, "webrtc.loss.ratio.down", 0.016, 0.024)
	for _, key := range []string{"webrtc.rtt.ms", "webrtc.loss.ratio.up", "webrtc.loss.ratio.down", "webrtc.jitter.ms.up", "webrtc.mos"} {
		t.Log(key, number(t, ev, key).Value)
	}
}
