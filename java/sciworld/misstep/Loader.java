package misstep;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;

/**
 * The simulator's classes, for one run at a time. Those of the Scala library are taken from a loader that all runs share:
 * they hold no state, except for the random numbers, and most of what runs is in them; so they are loaded, compiled and
 * kept once. Some slow methods of both are replaced.
 */
final class Loader extends URLClassLoader {
  private final Loader library;
  private final Patches patches;

  private Loader(URL jar, Loader library, Patches patches) {
    // The machine's own classes, so that nothing of this bridge is seen from inside.
    super(new URL[] {jar}, ClassLoader.getSystemClassLoader().getParent());
    this.library = library;
    this.patches = patches;
  }

  /** What is to be shared by all loaders of a simulator. */
  static Loader libraryOf(URL jar) {
    return new Loader(jar, null, Patches.fit(jar) ? Patches.OF_LIBRARY : Patches.NONE);
  }

  static Loader of(URL jar, Loader library) {
    return new Loader(jar, library, library.patches == Patches.NONE ? Patches.NONE : Patches.OF_SIMULATOR);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    boolean isShared = library != null && name.startsWith("scala.") && !name.startsWith("scala.util.Random");
    return isShared ? library.loadClass(name) : super.loadClass(name, resolve);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    String file = name.replace('.', '/') + ".class";
    try {
      if (patches.isHelper(name)) return define(name, read(Loader.class.getResourceAsStream("/" + file)));
      if (patches.change(name)) return define(name, patches.apply(name, read(getResourceAsStream(file))));
    } catch (IOException failure) {
      throw new ClassNotFoundException(name, failure);
    }
    return super.findClass(name);
  }

  private Class<?> define(String name, byte[] bytes) {
    return defineClass(name, bytes, 0, bytes.length);
  }

  private static byte[] read(InputStream stream) throws IOException {
    try (InputStream in = stream) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] part = new byte[1 << 14];
      for (int length = in.read(part); length >= 0; length = in.read(part)) out.write(part, 0, length);
      return out.toByteArray();
    }
  }
}
