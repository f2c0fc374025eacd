package scala.collection.mutable;

public class ArrayBuffer {}
