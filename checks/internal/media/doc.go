// Package media is what both ends of the media echo must agree on: the payload
// of its packets, how arrivals are counted, and the guard that keeps malformed
// STUN away from the WebRTC library. It opens no socket, runs no call and judges
// nothing; the ends themselves are in checks/webrtc and checks/probe.
package media
