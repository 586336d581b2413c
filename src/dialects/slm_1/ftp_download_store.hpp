#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "dialects/ftp_session.hpp"

namespace attache::dialects::slm_1 {

/// What the firmware keeps of a download until it is complete (reference
/// slm-1.6/ftp.md, "Downloaded data"): the bytes come in pieces; one that is no
/// text is stored in hexadecimal, one that does not fit any more is dropped.
class FtpDownloadStore final : public FtpStore {
 public:
  /// Bytes that one receive of the firmware's FTP library takes.
  static constexpr std::size_t piece_size = 708;

  explicit FtpDownloadStore(std::size_t capacity) : capacity_(capacity) {}

  services::asio::awaitable<void> take(std::string_view bytes) override;
  [[nodiscard]] std::string finish() override;
  [[nodiscard]] std::string remark() const override;

 private:
  void store_piece();

  std::size_t capacity_;
  std::string piece_;
  std::string stored_;
  std::size_t received_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace attache::dialects::slm_1
