package misstep;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Puts static methods of ours in front of methods of a compiled class: the old method is renamed to {@code name$original},
 * and the new one of its name hands itself and all arguments to ours, which has the same name (The Java Virtual Machine
 * Specification, chapter 4).
 */
final class Wrapping {
  private final ByteBuffer old;
  private final DataOutputStream constants;
  private final ByteArrayOutputStream constantBytes = new ByteArrayOutputStream();
  private final ByteArrayOutputStream methodBytes = new ByteArrayOutputStream();
  private final int[] constantAt;
  private int constantCount;

  private Wrapping(byte[] bytes) {
    old = ByteBuffer.wrap(bytes.clone());
    constants = new DataOutputStream(constantBytes);
    constantCount = old.getShort(8) & 0xffff;
    constantAt = new int[constantCount];
  }

  /** A class with our methods in front of those of the given names, each of which it must have once. */
  static byte[] wrap(byte[] bytes, String helper, List<String> names) throws IOException {
    return new Wrapping(bytes).wrap(helper, names);
  }

  private byte[] wrap(String helper, List<String> names) throws IOException {
    int constantsEnd = skipConstants();
    int own = constantsEnd + 2;
    int at = constantsEnd + 8 + 2 * u2(constantsEnd + 6);
    at = skipMembers(at + 2, u2(at));
    int methodsAt = at;
    int methods = u2(at);
    at += 2;
    int code = utf8("Code");
    int helperClass = constant(7, utf8(helper));
    int added = 0;
    for (int i = 0; i < methods; i++) {
      if (names.contains(text(u2(at + 2)) + text(u2(at + 4)))) {
        wrapMethod(at, code, helperClass, text(u2(constantAt[u2(own)] + 1)));
        added++;
      }
      at = skipMembers(at, 1);
    }
    if (added != names.size()) throw new IOException("Not all of " + names + " are there.");
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(whole);
    out.write(old.array(), 0, 8);
    out.writeShort(constantCount);
    out.write(old.array(), 10, constantsEnd - 10);
    constantBytes.writeTo(out);
    out.write(old.array(), constantsEnd, methodsAt - constantsEnd);
    out.writeShort(methods + added);
    out.write(old.array(), methodsAt + 2, at - methodsAt - 2);
    methodBytes.writeTo(out);
    out.write(old.array(), at, old.capacity() - at);
    return whole.toByteArray();
  }

  /** Renames the method, and writes one of its name that calls ours. */
  private void wrapMethod(int method, int code, int helperClass, String owner) throws IOException {
    int name = u2(method + 2);
    String descriptor = text(u2(method + 4));
    boolean isStatic = (u2(method) & 8) != 0;
    int type = isStatic ? u2(method + 4) : utf8("(L" + owner + ";" + descriptor.substring(1));
    int target = constant(10, helperClass, constant(12, name, type));
    old.putShort(method + 2, (short) utf8(text(name) + "$original"));

    ByteArrayOutputStream instructions = new ByteArrayOutputStream();
    String parameters = descriptor.substring(1, descriptor.indexOf(')'));
    int slots = isStatic ? 0 : load(instructions, 'L', 0);
    for (int i = 0; i < parameters.length(); i++) {
      char kind = parameters.charAt(i);
      while (parameters.charAt(i) == '[') i++;
      if (parameters.charAt(i) == 'L') i = parameters.indexOf(';', i);
      slots = load(instructions, kind, slots);
    }
    instructions.write(0xb8);
    instructions.write(target >> 8);
    instructions.write(target);
    instructions.write(returnOf(descriptor.charAt(descriptor.indexOf(')') + 1)));

    DataOutputStream out = new DataOutputStream(methodBytes);
    out.writeShort(u2(method));
    out.writeShort(name);
    out.writeShort(u2(method + 4));
    out.writeShort(1);
    out.writeShort(code);
    out.writeInt(12 + instructions.size());
    out.writeShort(Math.max(slots, 2));
    out.writeShort(slots);
    out.writeInt(instructions.size());
    instructions.writeTo(out);
    out.writeInt(0);
  }

  /** Pushes a variable: of the kinds that our methods take. */
  private static int load(ByteArrayOutputStream instructions, char kind, int slot) {
    instructions.write(kind == 'L' || kind == '[' ? 0x19 : 0x15);
    instructions.write(slot);
    return slot + 1;
  }

  private static int returnOf(char kind) {
    return kind == 'L' || kind == '[' ? 0xb0 : kind == 'V' ? 0xb1 : 0xac;
  }

  private int skipConstants() {
    int at = 10;
    for (int i = 1; i < constantCount; i++) {
      constantAt[i] = at;
      int tag = old.get(at);
      if (tag == 5 || tag == 6) i++;
      at += tag == 1 ? 3 + u2(at + 1) : tag == 15 ? 4 : tag == 5 || tag == 6 ? 9 : tag == 7 || tag == 8 || tag == 16 ? 3 : 5;
    }
    return at;
  }

  /** Behind some fields or methods. */
  private int skipMembers(int from, int count) {
    int at = from;
    for (int i = 0; i < count; i++) {
      int attributes = u2(at + 6);
      at += 8;
      for (int j = 0; j < attributes; j++) at += 6 + old.getInt(at + 2);
    }
    return at;
  }

  private int u2(int at) {
    return old.getShort(at) & 0xffff;
  }

  private String text(int index) {
    int at = constantAt[index];
    return new String(old.array(), at + 3, u2(at + 1), StandardCharsets.UTF_8);
  }

  private int utf8(String text) throws IOException {
    constants.writeByte(1);
    constants.writeUTF(text);
    return constantCount++;
  }

  private int constant(int tag, int... indices) throws IOException {
    constants.writeByte(tag);
    for (int index : indices) constants.writeShort(index);
    return constantCount++;
  }
}
