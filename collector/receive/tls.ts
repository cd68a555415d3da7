/** `--tls-cert` and `--tls-key`, read: PEM. Given to every port, so that keys never travel in the clear on one of them. */
export interface TlsFiles {
  readonly cert: Buffer
  readonly key: Buffer
}
