package probe

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v3"

	"linecheck/checks/internal/media"
	"linecheck/checks/internal/stats"
	"linecheck/report/exchange"
	"linecheck/report/strict"
)

// talker is one caller of the benchmark, who sends speech and notes how long the echo takes.
type talker struct {
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP

	sent []int64 // when each packet was handed to the library; Unix time in ns

	mu    sync.Mutex
	back  webrtc.SSRC // of what comes back
	trips []float64   // ms there and back, by the talker's own clock
}

// newTalker calls the far end, under one of its sessions.
func newTalker(b *testing.B, f *far, token string, zero time.Time) *talker {
	b.Helper()
	engine, err := media.Engine()
	if err != nil {
		b.Fatal(err)
	}
	s := webrtc.SettingEngine{LoggerFactory: media.Quiet()}
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(1)
	s.SetIPFilter(net.IP.IsLoopback)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	t := &talker{}
	if t.pc, err = webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = t.pc.Close() })
	if t.track, err = webrtc.NewTrackLocalStaticRTP(media.Opus().RTPCodecCapability, "a", "a"); err != nil {
		b.Fatal(err)
	}
	if _, err := t.pc.AddTrack(t.track); err != nil {
		b.Fatal(err)
	}
	t.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		t.mu.Lock()
		t.back = track.SSRC()
		t.mu.Unlock()
		buf := make([]byte, media.MaxPacket)
		for {
			_, payload, err := media.ReadPacket(track, buf)
			if err != nil {
				return
			}
			if d, ok := media.ParseDown(payload); ok && d.Up.Stream == media.Speech {
				t.mu.Lock()
				t.trips = append(t.trips, float64(time.Since(zero)-d.Up.Sent)/1e6)
				t.mu.Unlock()
			}
		}
	})
	up := make(chan struct{})
	var once sync.Once
	t.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(up) })
		}
	})
	offer, err := t.pc.CreateOffer(nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := t.pc.SetLocalDescription(offer); err != nil {
		b.Fatal(err)
	}
	body, err := strict.Encode(exchange.Echo{SDP: offer.SDP})
	if err != nil {
		b.Fatal(err)
	}
	resp, err := http.Post(f.URL+exchange.SessionPath+"/"+token+"/echo", "application/json", bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	said, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		b.Fatal(err)
	}
	var answer exchange.Echo
	if err := strict.Decode(said, maxOffer, &answer); err != nil {
		b.Fatal(err)
	}
	if err := t.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP}); err != nil {
		b.Fatal(err)
	}
	select {
	case <-up:
	case <-time.After(20 * time.Second):
		b.Fatal("no connection")
	}
	return t
}

// crowd is how many talk at once in the benchmarks, and speeches how many packets each sends.
const crowd, speeches = 200, 250

// BenchmarkEchoes has two hundred calls at once, of fifty packets a second each, on one
// probe in a process of its own. What it adds is the time from a caller's handing over a packet to its own library
// until its echo has left the probe's socket. The callers run beside the probe and take more of the computer than it,
// so that is an upper bound. The memory is the probe's, after the last packet. The floor is an echo of plain UDP at the
// same pace, in FloorUDP.
func BenchmarkEchoes(b *testing.B) {
	const warm = 25
	f := startFar(b)
	zero := time.Now()
	var talkers []*talker
	for _, token := range f.Tokens {
		talkers = append(talkers, newTalker(b, f, token, zero))
	}
	runtime.GC()
	for b.Loop() {
		var all sync.WaitGroup
		for i, t := range talkers {
			all.Go(func() {
				time.Sleep(time.Duration(i) * media.Interval / crowd) // not all at the same moment
				tick := time.NewTicker(media.Interval)
				defer tick.Stop()
				for n := range warm + speeches {
					up := media.Up{Stream: media.Speech, Seq: uint32(n - warm), Sent: time.Since(zero)}
					t.sent = append(t.sent, time.Now().UnixNano())
					if n < warm { // a call begins before it is measured
						up = media.Up{Stream: media.Warm}
					}
					header := rtp.Header{Version: 2, SequenceNumber: uint16(n), Timestamp: uint32(n) * 960}
					_ = t.track.WriteRTP(&rtp.Packet{Header: header, Payload: up.Payload(media.SpeechSize)})
					<-tick.C
				}
			})
		}
		all.Wait()
	}
	time.Sleep(200 * time.Millisecond) // for the last of them
	done := f.end(b)
	var trips, added []float64
	for _, t := range talkers {
		t.mu.Lock()
		trips = append(trips, t.trips...)
		if at := done.Left[t.back]; len(at) == len(t.sent) { // where one was lost the others cannot be told apart
			for i := range at {
				if i%(warm+speeches) >= warm {
					added = append(added, float64(at[i]-t.sent[i])/1e6)
				}
			}
		}
		t.mu.Unlock()
	}
	slices.Sort(trips)
	slices.Sort(added)
	b.ReportMetric(stats.Quantile(added, 0.99), "ms-added-p99")
	b.ReportMetric(float64(len(added)), "packets-added")
	b.ReportMetric(stats.Quantile(trips, 0.5), "ms-trip-p50")
	b.ReportMetric(stats.Quantile(trips, 0.99), "ms-trip-p99")
	b.ReportMetric(float64(len(trips))/float64(b.N*crowd*speeches), "echoed")
	b.ReportMetric(float64(done.Bytes)/crowd/1024, "KiB/call")
}

// BenchmarkFloorUDP is the floor of [BenchmarkEchoes]: as many sockets at the same pace, echoed as they are.
func BenchmarkFloorUDP(b *testing.B) {
	far, err := listenUDP(&net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer far.Close()
	go far.readAll(func(packet []byte, from *net.UDPAddr, _ netip.Addr) { _, _ = far.WriteToUDP(packet, from) })
	zero := time.Now()
	var mu sync.Mutex
	var trips []float64
	var all sync.WaitGroup
	for b.Loop() {
		for i := range crowd {
			conn, err := net.DialUDP("udp4", nil, far.LocalAddr().(*net.UDPAddr))
			if err != nil {
				b.Fatal(err)
			}
			all.Go(func() {
				var own []float64
				buf := make([]byte, 200)
				for range speeches {
					n, err := conn.Read(buf)
					if err != nil {
						break
					}
					if up, ok := media.ParseUp(buf[:n]); ok {
						own = append(own, float64(time.Since(zero)-up.Sent)/1e6)
					}
				}
				_ = conn.Close()
				mu.Lock()
				defer mu.Unlock()
				trips = append(trips, own...)
			})
			all.Go(func() {
				time.Sleep(time.Duration(i) * media.Interval / crowd)
				tick := time.NewTicker(media.Interval)
				defer tick.Stop()
				for n := range speeches {
					_, _ = conn.Write(media.Up{Stream: media.Speech, Seq: uint32(n), Sent: time.Since(zero)}.Payload(media.SpeechSize))
					<-tick.C
				}
			})
		}
		all.Wait()
	}
	slices.Sort(trips)
	b.ReportMetric(stats.Quantile(trips, 0.5), "ms-trip-p50")
	b.ReportMetric(stats.Quantile(trips, 0.99), "ms-trip-p99")
}
