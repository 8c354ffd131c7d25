using System.Text;

namespace Espalier.Imaging;

/// <summary>The chunks of a file that matter here, every one checked: sums, order, and that no critical chunk is unknown.</summary>
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

    /// <summary>Red, green and blue of each entry; empty where the file has no palette.</summary>
    public ReadOnlySpan<byte> Palette => _palette;

    /// <summary>Where the compressed pixels lie.</summary>
    public IReadOnlyList<Range> ImageData => _imageData;

    /// <summary>EXIF's orientation, 1 to 8.</summary>
    public int Orientation => _orientation ?? ExifOrientation.Upright;

    public static PngChunks Read(EncodedImage input, int offset)
    {
        var chunks = new PngChunks(input);
        while (chunks._previous != "IEND")
        {
            offset = chunks.ReadChunk(offset);
        }

        if (chunks._imageData.Count == 0)
        {
            input.Fail(offset, "the file ends without pixels: it has no IDAT chunk");
        }

        return chunks;
    }

    private int ReadChunk(int offset)
    {
        _input.Require(offset, Frame, "a chunk");
        uint length = _input.UInt32(offset);
        if (length > _input.Length - offset - Frame)
        {
            _input.Fail(offset, $"a chunk says that it has {length} bytes, and {_input.Length - offset - Frame} follow");
        }

        int data = offset + 8, end = data + (int)length;
        string type = Encoding.Latin1.GetString(_input.Bytes.Slice(offset + 4, 4));
        if (_input.UInt32(end) != PngChecksum.Compute(_input.Bytes[(offset + 4)..end]))
        {
            _input.Fail(offset, "a chunk's checksum is not that of its bytes");
        }

        if (_header is null != (type == "IHDR"))
        {
            _input.Fail(offset, "the file must begin with its only IHDR chunk");
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
            _input.Fail(data, "a second or late palette");
        }

        if (length % Image.Channels != 0 || length is 0 or > MaxPalette * Image.Channels)
        {
            _input.Fail(data, $"a palette of {length} bytes; it has 1 to {MaxPalette} entries of 3");
        }

        _palette = _input.Bytes.Slice(data, length).ToArray();
    }

    private void ReadImageData(int data, int length)
    {
        if (_header!.Color == PngColor.Palette && _palette is null)
        {
            _input.Fail(data, "the pixels name palette entries, and no palette came before them");
        }

        if (_imageData.Count > 0 && _previous != "IDAT")
        {
            _input.Fail(data, "another chunk lies between the IDAT chunks");
        }

        _imageData.Add(data..(data + length));
    }
}
