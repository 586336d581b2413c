#pragma once

#include "dialects/sms_session.hpp"

namespace attache::dialects::slm_3 {

/// The SMS session of SLM 2.x and 3.x (reference slm-3.1/sms.md).
class SmsSession final : public dialects::SmsSession {
 public:
  explicit SmsSession(Application& application);
};

}  // namespace attache::dialects::slm_3
