using System.Text;

namespace Espalier.Imaging;

/// <summary>The chunks of a PNG file that the decoder uses, with checksums and order checked; an unknown critical chunk is an error.</summary>
internal sealed class PngChunks
{
    private const int Frame = 12; // length, type and checksum around a chunk's data
    private const int MaxPalette = 256;
    private const byte AncillaryBit = 0x20; // of the type's first letter (PNG specification, 5.4)

    private readonly EncodedImage _input;
    private readonly List<Range> _imageData = [];
    private PngHeader? _header;
    private byte[]? _palette;
    private int? _orientation;
    private string _previous = "";

    private PngChunks(EncodedImage input) => _input = input;

    public PngHeader Header => _header!;

    /// <summary>Red, green and blue of each palette entry; empty where the file has no palette.</summary>
    public ReadOnlySpan<byte> Palette => _palette;

    /// <summary>The ranges of bytes in the file that hold the compressed pixels.</summary>
    public IReadOnlyList<Range> ImageData => _imageData;

    /// <summary>EXIF's orientation, 1 to 8.</summary>
    public int Orientation => _orientation ?? ExifOrientation.Upright;

    public static PngChunks Read(EncodedImage input, int offset)
    {
        var chunks = new PngChunks(input);
        while (chunks._previous != "IEND" && !chunks.EndsEarly(offset))
        {
            offset = chunks.ReadChunk(offset);
        }

        if (chunks._imageData.Count == 0)
        {
            input.Fail(offset, "the file ends without pixels: it has no IDAT chunk");
        }

        return chunks;
    }

    /// <summary>Whether the file ends after its pixels but before IEND: at the end of a chunk, or within one that holds no pixels.</summary>
    private bool EndsEarly(int offset)
    {
        int left = _input.Length - offset;
        bool ends = _imageData.Count > 0 && (left < Frame || (_input.UInt32(offset) > left - Frame && TypeAt(offset) is not "IDAT"));
        if (ends)
        {
            _input.Warn(offset, "the file ends without an IEND chunk");
        }

        return ends;
    }

    private string TypeAt(int offset) => Encoding.Latin1.GetString(_input.Bytes.Slice(offset + 4, 4));

    private int ReadChunk(int offset)
    {
        _input.Require(offset, Frame, "a chunk");
        uint length = _input.UInt32(offset);
        if (length > _input.Length - offset - Frame)
        {
            _input.Fail(offset, $"a chunk has a length of {length} bytes, but only {_input.Length - offset - Frame} follow");
        }

        int data = offset + 8, end = data + (int)length;
        string type = TypeAt(offset);
        if (_input.UInt32(end) != PngChecksum.Compute(_input.Bytes[(offset + 4)..end]))
        {
            if (_imageData.Count == 0 || type == "IDAT")
            {
                _input.Fail(offset, "a chunk's checksum is wrong");
            }

            _input.Warn(offset, "the checksum of a chunk after the pixels is wrong; the chunk is ignored");
            _previous = type;
            return end + 4;
        }

        if (_header is null != (type == "IHDR"))
        {
            _input.Fail(offset, "the IHDR chunk must come first and only once");
        }

        Take(type, data, (int)length);
        _previous = type;
        return end + 4;
    }

    private void Take(string type, int data, int length)
    {
        switch (type)
        {
            case "IHDR":
                _header = PngHeader.Read(_input, data, length);
                break;
            case "PLTE":
                ReadPalette(data, length);
                break;
            case "IDAT":
                ReadImageData(data, length);
                break;
            case "eXIf":
                _orientation ??= ExifOrientation.Find(_input.Bytes.Slice(data, length));
                break;
            case "IEND":
                break;
            default:
                if ((type[0] & AncillaryBit) == 0)
                {
                    _input.Fail(data, "the file has a critical chunk of unknown type");
                }

                break;
        }
    }

    private void ReadPalette(int data, int length)
    {
        if (_palette is not null || _imageData.Count > 0)
        {
            _input.Fail(data, "the file has a second palette, or one after its pixels");
        }

        if (length % Image.Channels != 0 || length is 0 or > MaxPalette * Image.Channels)
        {
            _input.Fail(data, $"a palette has {length} bytes; it must have 1 to {MaxPalette} entries of 3 bytes");
        }

        _palette = _input.Bytes.Slice(data, length).ToArray();
    }

    private void ReadImageData(int data, int length)
    {
        if (_header!.Color == PngColor.Palette && _palette is null)
        {
            _input.Fail(data, "the pixels are palette indices, but no palette comes before them");
        }

        if (_imageData.Count > 0 && _previous != "IDAT")
        {
            _input.Fail(data, "another chunk is between the IDAT chunks");
        }

        _imageData.Add(data..(data + length));
    }
}
