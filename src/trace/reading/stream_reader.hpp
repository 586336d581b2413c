#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "trace/reading/timeline.hpp"

namespace attache::trace {

/// What a protocol in a stream says, as one line.
struct StreamText {
  Layer layer = Layer::tcp;
  std::string text;
};

/// Reads one direction of a stream, in order and without gaps. Sans-I/O; memory is bounded whatever comes.
class StreamReader {
 public:
  virtual ~StreamReader() = default;
  /// The next bytes, cut anywhere; what they complete, in order. What breaks the protocol is said, not an
  /// error.
  virtual std::vector<StreamText> read(std::string_view bytes) = 0;
};

/// The reader of what begins with these bytes; null if they may still become one of several. TLS, HTTP, MQTT;
/// of all else the bytes themselves.
std::unique_ptr<StreamReader> reader_for(std::string_view beginning);

/// Of TLS records (RFC 5246, 8446): hellos, certificates, alerts; what is encrypted is passed over.
std::unique_ptr<StreamReader> make_tls_reader();
/// What a DTLS datagram says, as far as it is not encrypted.
std::vector<StreamText> read_dtls(std::string_view datagram);
/// Of requests and responses (RFC 9112): their first lines, and how much body there is.
std::unique_ptr<StreamReader> make_http_reader();
/// Of MQTT 3.1.1 packets.
std::unique_ptr<StreamReader> make_mqtt_reader();
/// Of anything: its beginning, masked and escaped.
std::unique_ptr<StreamReader> make_data_reader();

/// The beginning of bytes for people: masked and escaped, at most 80 characters.
std::string excerpt_of(std::string_view bytes);

}  // namespace attache::trace
