#include "certificates/private_key.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>

#include "certificates/certificate.hpp"

namespace attache::certificates {

namespace {

int give_password(char* buffer, int size, int, void* password) {
  const auto& text = *static_cast<const std::string*>(password);
  if (text.empty() || text.size() > static_cast<std::size_t>(size)) {
    return 0;
  }
  std::copy(text.begin(), text.end(), buffer);
  return static_cast<int>(text.size());
}

}  // namespace

base::KeyHandle read_private_key(std::string_view pem, std::string password) {
  base::BioHandle bio = bio_over(pem);
  base::KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, &password));
  OPENSSL_cleanse(password.data(), password.size());
  ERR_clear_error();
  return key;
}

bool is_decodable_pem(std::string_view pem) {
  base::BioHandle bio = bio_over(pem);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long length = 0;
  bool readable = PEM_read_bio(bio.get(), &name, &header, &data, &length) == 1;
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_clear_free(data, static_cast<std::size_t>(length));
  ERR_clear_error();
  return readable;
}

std::string to_pkcs8(const EVP_PKEY* key) {
  base::BioHandle bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

std::optional<std::string> unusable(const EVP_PKEY* key) {
  constexpr int most_rsa_bits = 4096;
  if (key == nullptr) {
    return "a key that cannot be read";
  }
  int kind = EVP_PKEY_get_base_id(key);
  if (kind == EVP_PKEY_RSA) {
    int bits = EVP_PKEY_get_bits(key);
    return bits > most_rsa_bits ? std::optional(fmt::format("an RSA key of {} bits", bits)) : std::nullopt;
  }
  if (kind == EVP_PKEY_EC) {
    std::array<char, 64> group{};
    EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr);
    std::string_view curve(group.data());
    bool usable = curve == SN_X9_62_prime256v1 || curve == SN_secp384r1;
    return usable ? std::nullopt : std::optional(fmt::format("an EC key on the curve {}", curve));
  }
  const char* type = EVP_PKEY_get0_type_name(key);
  return fmt::format("a key of the type {}", type != nullptr ? type : "unknown");
}

}  // namespace attache::certificates
