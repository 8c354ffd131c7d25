using System.Globalization;
using System.Text;

namespace Espalier.Formats;

/// <summary>The escape sequences in strings of pickle protocol 0. Unknown sequences are kept literally, as in Python.</summary>
internal static class PickleEscapes
{
    /// <summary>Python's <c>raw-unicode-escape</c>: Latin-1 in which only <c>\uXXXX</c> and <c>\UXXXXXXXX</c> are escapes.</summary>
    public static string RawUnicode(string line)
    {
        var text = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            int digits = line[i] != '\\' || i + 1 == line.Length ? 0 : line[i + 1] == 'u' ? 4 : line[i + 1] == 'U' ? 8 : 0;
            if (digits > 0 && TryHex(line, i + 2, digits, out int code) && code <= 0x10FFFF)
            {
                text.Append(code <= char.MaxValue ? ((char)code).ToString() : char.ConvertFromUtf32(code));
                i += 1 + digits;
            }
            else
            {
                text.Append(line[i]);
            }
        }

        return text.ToString();
    }

    /// <summary>The bytes of a Python 2 string literal, without its quotes.</summary>
    public static byte[] Quoted(string literal)
    {
        var bytes = new List<byte>(literal.Length);
        for (int i = 0; i < literal.Length; i++)
        {
            if (literal[i] != '\\' || i + 1 == literal.Length)
            {
                bytes.Add((byte)literal[i]);
                continue;
            }

            i++;
            if (literal[i] == 'x' && TryHex(literal, i + 1, 2, out int code))
            {
                bytes.Add((byte)code);
                i += 2;
            }
            else if (Simple(literal[i]) is { } simple)
            {
                bytes.Add(simple);
            }
            else
            {
                bytes.Add((byte)'\\');
                bytes.Add((byte)literal[i]);
            }
        }

        return [.. bytes];
    }

    private static byte? Simple(char letter) => letter switch
    {
        'n' => (byte)'\n',
        'r' => (byte)'\r',
        't' => (byte)'\t',
        '\\' or '\'' or '"' => (byte)letter,
        _ => null,
    };

    private static bool TryHex(string line, int start, int digits, out int code)
    {
        code = 0;
        return start + digits <= line.Length
            && int.TryParse(line.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code)
            && code >= 0;
    }
}
