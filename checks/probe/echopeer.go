package probe

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/transport/v2/packetio"
	"github.com/pion/webrtc/v3"

	"linecheck/checks/internal/media"
)

const (
	// peerLife is how long an echo peer lives at most.
	peerLife = 90 * time.Second
	// maxMessages bounds the data channel messages one peer echoes, maxMessage each one's bytes.
	maxMessages = 4000
	maxMessage  = 1200
	// maxBuffered is how much may wait in a data channel before messages are dropped, in bytes.
	maxBuffered = 64 << 10
	// maxWarm bounds the packets echoed without being counted.
	maxWarm = 500
	// maxStreams bounds the RTP streams of one peer, as told apart by their SSRC, maxReports those that RTCP is
	// about, and maxChannels its data channels: a call has two, four and one. The library keeps memory for each.
	maxStreams, maxReports, maxChannels = 8, 16, 4
	// streamBuffer is how many bytes of one stream may wait to be echoed (more than a second of the pictures),
	// reportBuffer how many of the RTCP about it.
	streamBuffer, reportBuffer = 192 << 10, 16 << 10
)

// echoPeer is the far end of one call.
type echoPeer struct {
	media   *mediaEnd
	probe   *Probe
	session *session
	id      uint64
	pc      *webrtc.PeerConnection
	life    *time.Timer

	once     sync.Once
	talk     sync.Mutex   // one offer at a time
	messages atomic.Int64 // data channel messages so far
	streams  atomic.Int64 // SSRCs so far
	reports  atomic.Int64 // SSRCs that RTCP was about so far
	channels atomic.Int64 // data channels so far
}

func newEchoPeer(m *mediaEnd, p *Probe, s *session, id uint64) (*echoPeer, error) {
	e := &echoPeer{media: m, probe: p, session: s, id: id}
	api, err := newAPI(m.mux, e.buffer)
	if err != nil {
		return nil, err
	}
	if e.pc, err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
		return nil, err
	}
	e.life = time.AfterFunc(peerLife, e.end)
	e.pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateFailed || state == webrtc.PeerConnectionStateClosed {
			e.end()
		}
	})
	e.pc.OnDataChannel(e.echoMessages)
	return e, nil
}

// buffer is where the packets of one stream wait. Too many streams end the peer: no program of ours sends them.
func (e *echoPeer) buffer(kind packetio.BufferPacketType, _ uint32) io.ReadWriteCloser {
	size, most, so := streamBuffer, int64(maxStreams), &e.streams
	if kind == packetio.RTCPBufferPacket {
		size, most, so = reportBuffer, maxReports, &e.reports
	}
	if so.Add(1) > most {
		size = 1 // nothing fits
		e.end()
	}
	b := packetio.NewBuffer()
	b.SetLimitSize(size)
	return b
}

// end closes the peer, in the background: it may be called from the peer's own callbacks.
func (e *echoPeer) end() {
	e.once.Do(func() {
		e.life.Stop()
		go func() {
			_ = e.pc.GracefulClose()
			e.media.unseat(e.session, e)
		}()
	})
}

// negotiate takes the offer and returns the answer, complete with everything gathered.
func (e *echoPeer) negotiate(ctx context.Context, offer string) (string, error) {
	e.talk.Lock()
	defer e.talk.Unlock()
	back := map[webrtc.RTPCodecType]*webrtc.TrackLocalStaticRTP{}
	for section, codec := range map[string]webrtc.RTPCodecParameters{"\nm=audio": media.Opus(), "\nm=video": media.VP8()} {
		if !strings.Contains(offer, section) {
			continue
		}
		track, err := e.addTrack(codec)
		if err != nil {
			return "", err
		}
		back[track.Kind()] = track
	}
	var echoed sync.Map // one stream of a kind is echoed, not more
	e.pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		if _, twice := echoed.LoadOrStore(track.Kind(), true); twice || back[track.Kind()] == nil {
			return
		}
		go media.Discard(receiver.Read)
		e.echoPackets(track, back[track.Kind()])
	})
	return e.agree(ctx, offer)
}

// renegotiate takes a later offer of the same call, which restarts ICE.
func (e *echoPeer) renegotiate(ctx context.Context, offer string) (string, error) {
	e.talk.Lock()
	defer e.talk.Unlock()
	return e.agree(ctx, offer)
}

// name is how the applicant's program names the call.
func (e *echoPeer) name() string { return strconv.FormatUint(e.id, 36) }

// agree takes an offer and returns the answer.
func (e *echoPeer) agree(ctx context.Context, offer string) (string, error) {
	if err := e.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", fmt.Errorf("%w: %v", errOffer, err)
	}
	answer, err := e.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("%w: %v", errOffer, err)
	}
	gathered := webrtc.GatheringCompletePromise(e.pc)
	if err := e.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("%w: %v", errOffer, err)
	}
	limit := time.NewTimer(gatherLimit)
	defer limit.Stop()
	select {
	case <-gathered:
	case <-limit.C:
		return "", fmt.Errorf("gathering took more than %v", gatherLimit)
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return e.pc.LocalDescription().SDP, nil
}

// addTrack adds a track that goes back.
func (e *echoPeer) addTrack(codec webrtc.RTPCodecParameters) (*webrtc.TrackLocalStaticRTP, error) {
	back, err := webrtc.NewTrackLocalStaticRTP(codec.RTPCodecCapability, "echo", "echo")
	if err != nil {
		return nil, err
	}
	sender, err := e.pc.AddTrack(back)
	if err != nil {
		return nil, err
	}
	go media.Discard(sender.Read)
	return back, nil
}

// echoPackets sends every packet of ours back, restamped, until the track ends.
func (e *echoPeer) echoPackets(track *webrtc.TrackRemote, back *webrtc.TrackLocalStaticRTP) {
	var seq [256]uint32 // of each stream
	warm := 0
	b := make([]byte, media.MaxPacket)
	for number := uint16(0); ; number++ {
		came, payload, err := media.ReadPacket(track, b)
		if err != nil {
			return
		}
		down := media.Down{Received: time.Since(e.media.begin)}
		var ok bool
		if down.Up, ok = media.ParseUp(payload); !ok {
			continue
		}
		if down.Up.Stream == media.Warm {
			if warm++; warm > maxWarm {
				continue
			}
		} else {
			count, ok := e.count(down.Up, down.Received)
			if !ok {
				continue
			}
			next := &seq[down.Up.Stream]
			down.Seq, down.Count = *next, uint32(count)
			*next++
		}
		payload = payload[:max(len(payload), media.SpeechSize)]
		down.Sent = time.Since(e.media.begin)
		down.Put(payload)
		header := rtp.Header{Version: 2, SequenceNumber: number, Timestamp: came.Timestamp}
		_ = back.WriteRTP(&rtp.Packet{Header: header, Payload: payload}) // a packet that cannot be sent is lost
		if down.Up.Stream == media.Speech && down.Seq%50 == 0 {          // once a second
			e.noteBusy()
		}
	}
}

// count books a packet in the session's account.
func (e *echoPeer) count(up media.Up, at time.Duration) (int, bool) {
	a := e.session.account(media.Check)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last = time.Now()
	return a.streams.receive(e.id, up, at)
}

// noteBusy books how many other sessions move data at this moment.
func (e *echoPeer) noteBusy() {
	others := e.probe.busy(e.session)
	a := e.session.account(media.Check)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.busiest = max(a.busiest, others)
}

// echoMessages sends every message of a data channel back. The channel's end is
// the call's end: it comes at once, where ICE needs seconds to notice.
func (e *echoPeer) echoMessages(channel *webrtc.DataChannel) {
	if e.channels.Add(1) > maxChannels {
		e.end()
		return
	}
	channel.OnClose(e.end)
	channel.OnMessage(func(m webrtc.DataChannelMessage) {
		if len(m.Data) > maxMessage || channel.BufferedAmount() > maxBuffered || e.messages.Add(1) > maxMessages {
			return
		}
		_ = channel.Send(m.Data) // a channel that is closing loses it
	})
}
