#include "lab/cloud/coap_server.hpp"

#include <openssl/ssl.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "lab/openssl_handles.hpp"
#include "net/tls_datagrams.hpp"

namespace attache::lab {

namespace {

using asio::ip::udp;
using boost::system::error_code;
using net::CoapMessage;

constexpr std::size_t most_peers = 100;
constexpr std::size_t longest_coap_datagram = 65536;
constexpr std::size_t largest_record = 16384;

/// One client: its DTLS session, and what it does with the cloud.
class CoapPeer {
 public:
  CoapPeer(SSL_CTX* context, NrfCloud& cloud) : cloud_(cloud), ssl_(SSL_new(context)) {
    require_openssl(ssl_ != nullptr, "making a DTLS session");
    BIO* bio = datagrams_.make_bio();
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
    SSL_set_options(ssl_.get(), SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(ssl_.get(), net::TlsDatagrams::mtu);
  }
  CoapPeer(const CoapPeer&) = delete;
  CoapPeer& operator=(const CoapPeer&) = delete;

  /// Takes a datagram and gives those that answer it.
  std::deque<std::string> take(std::string datagram) {
    // A client that sends its last flight again has not got ours, whose time is up as well then.
    DTLSv1_handle_timeout(ssl_.get());
    datagrams_.input.push_back(std::move(datagram));
    std::vector<char> plain(largest_record);
    int size = 0;
    while ((size = SSL_read(ssl_.get(), plain.data(), static_cast<int>(plain.size()))) > 0) {
      answer({plain.data(), static_cast<std::size_t>(size)});
    }
    bool waits = SSL_get_error(ssl_.get(), size) == SSL_ERROR_WANT_READ;
    over_ = over_ || !waits;
    return std::exchange(datagrams_.output, {});
  }
  /// The session has ended.
  [[nodiscard]] bool over() const { return over_; }

 private:
  void answer(std::string_view plain) {
    auto request = CoapMessage::decode(plain);
    if (!request || request->type != CoapMessage::Type::confirmable) {
      return;
    }
    if (last_ && last_->id == request->id) {
      write(*last_);  // Asked again: the answer was lost.
      return;
    }
    auto response = cloud_.answer(visit_, *request);
    if (!response) {
      return;
    }
    response->type = CoapMessage::Type::acknowledgement;
    response->id = request->id;
    response->token = request->token;
    last_ = std::move(response);
    write(*last_);
  }

  void write(const CoapMessage& message) {
    std::string bytes = message.encode();
    SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  }

  NrfCloud& cloud_;
  net::TlsDatagrams datagrams_;
  SessionHandle ssl_;
  NrfCloud::Visit visit_;
  std::optional<CoapMessage> last_;
  bool over_ = false;
};

/// The clients of one socket, the oldest first.
class CoapPeers {
 public:
  CoapPeers(SSL_CTX* context, NrfCloud& cloud) : context_(context), cloud_(cloud) {}

  CoapPeer& of(const udp::endpoint& sender) {
    auto found = peers_.find(sender);
    if (found != peers_.end() && !found->second->over()) {
      return *found->second;
    }
    if (found == peers_.end()) {
      order_.push_back(sender);
    }
    if (order_.size() > most_peers) {
      peers_.erase(order_.front());
      order_.pop_front();
    }
    return *(peers_[sender] = std::make_unique<CoapPeer>(context_, cloud_));
  }

 private:
  SSL_CTX* context_;
  NrfCloud& cloud_;
  std::map<udp::endpoint, std::unique_ptr<CoapPeer>> peers_;
  std::deque<udp::endpoint> order_;
};

}  // namespace

asio::awaitable<void> serve_coap(udp::socket socket, TlsServer& tls, NrfCloud& cloud) {
  CoapPeers peers(tls.context().native_handle(), cloud);
  std::vector<char> buffer(longest_coap_datagram);
  while (true) {
    udp::endpoint sender;
    error_code error;  // A datagram that cannot be received or sent is lost, as datagrams are.
    const auto size = co_await socket.async_receive_from(asio::buffer(buffer), sender,
                                                         asio::redirect_error(asio::use_awaitable, error));
    if (error) {
      continue;
    }
    for (const auto& datagram : peers.of(sender).take(std::string(buffer.data(), size))) {
      co_await socket.async_send_to(asio::buffer(datagram), sender,
                                    asio::redirect_error(asio::use_awaitable, error));
    }
  }
}

}  // namespace attache::lab
