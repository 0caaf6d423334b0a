mkdir /srv/app && cd /srv/app
cat >Plant.java <<'JAVA'
import java.io.*;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.zip.GZIPOutputStream;

public class Plant {
    static String literal(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    public static void main(String[] arguments) throws Exception {
        for (String name : List.of("token", "password")) {
            String value = System.getenv(name.equals("token") ? "T" : "P");
            Path folder = Files.createDirectory(Path.of(name));
            Files.writeString(folder.resolve("Settings.java"), "class Settings { static final String VALUE = " + literal(value) + "; }");
            Properties properties = new Properties();
            properties.setProperty("db.password", value);
            properties.store(new FileOutputStream(name + ".properties"), null);
            properties.storeToXML(new FileOutputStream(name + ".xml"), null);
            try (ObjectOutputStream out = new ObjectOutputStream(new FileOutputStream(name + ".ser"))) {
                out.writeObject(new HashMap<>(Map.of("value", value)));
            }
            try (OutputStream out = new GZIPOutputStream(new FileOutputStream(name + ".hprof.gz"))) {
                out.write("heap ".repeat(50).getBytes());
                out.write(value.getBytes(StandardCharsets.UTF_16BE));
            }
            Files.writeString(Path.of(name + ".basic"), Base64.getEncoder().encodeToString(("deploy:" + value).getBytes()));
            Files.writeString(Path.of(name + ".form"), "password=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
            Files.writeString(Path.of(name + ".bytes"), Arrays.toString(value.getBytes()));
        }
    }
}
JAVA
javac Plant.java && java -cp . Plant && rm Plant.*
for name in token password; do
    javac "$name/Settings.java" && rm "$name/Settings.java"
    jar --create --file "$name.jar" -C "$name" .
    mkdir inner && cp "$name.jar" inner && jar --create --file "$name.war" -C inner . && rm -r inner
done
