#pragma once

#include "dialects/ftp_session.hpp"

namespace attache::dialects::slm_1 {

/// The FTP session of SLM 1.x (reference slm-1.6/ftp.md): a download is kept as FtpDownloadStore does.
class FtpSession final : public dialects::FtpSession {
 public:
  explicit FtpSession(Application& application);
};

}  // namespace attache::dialects::slm_1
