import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Takes the names of local variables out of the classes in a folder: java NamesOfLocals.java FOLDER
 *
 * <p>They are a seventh of what the classes weigh in the AAR, and only a debugger shows them. Kotlin's compiler has no option to
 * leave them out, as Java's does by itself. Lines and files stay: a stack trace says what it said.
 */
final class NamesOfLocals {
    public static void main(String[] arguments) throws IOException {
        try (Stream<Path> files = Files.walk(Paths.get(arguments[0]))) {
            for (Path file : (Iterable<Path>) files.filter(path -> path.toString().endsWith(".class"))::iterator) {
                Files.write(file, without(Files.readAllBytes(file)));
            }
        }
    }

    private static byte[] without(byte[] classFile) {
        // Not made of the old one's constants, which have the names among them.
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(classFile).accept(new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public MethodVisitor visitMethod(int access, String name, String descriptor, String signature, String[] exceptions) {
                return new MethodVisitor(Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
                    @Override
                    public void visitLocalVariable(String local, String type, String generic, Label start, Label end, int index) {
                    }
                };
            }
        }, 0);
        return writer.toByteArray();
    }
}
