namespace Espalier.Imaging;

/// <summary>Decodes baseline, extended sequential and progressive Huffman-coded JPEG (ITU-T T.81) with 8 bits per sample.</summary>
internal sealed class JpegDecoder
{
    private readonly EncodedImage _input;
    private readonly int? _reduceTo;
    private readonly JpegTables _tables = new();
    private readonly JpegApplicationData _application = new();
    private JpegFrame? _frame;
    private Progression? _progression;
    private int _position = 2;
    private int _scans;

    private JpegDecoder(EncodedImage input, int? reduceTo) => (_input, _reduceTo) = (input, reduceTo);

    /// <summary>The first bytes of every JPEG file: the start-of-image marker.</summary>
    public static ReadOnlySpan<byte> Signature => [JpegMarker.Prefix, JpegMarker.StartOfImage];

    public static Image Decode(EncodedImage input, ImageDecodingOptions options)
    {
        var decoder = new JpegDecoder(input, options.ReduceJpegTo);
        decoder.ReadSegments();
        Image image = JpegPicture.Assemble(decoder._frame!, decoder._application.Model(decoder._frame!.Components));
        return options.ApplyOrientation ? ExifOrientation.Apply(image, decoder._application.Orientation) : image;
    }

    private void ReadSegments()
    {
        while (true)
        {
            int marker = NextMarker();
            if (marker == JpegMarker.EndOfImage)
            {
                Finish();
                return;
            }

            if (marker == JpegMarker.StartOfImage)
            {
                _input.Fail(_position - 2, "a second image begins within the first");
            }

            // Restart markers may follow a scan; neither they nor TEM have a body.
            if (!JpegMarker.IsRestart(marker) && marker != JpegMarker.Temporary)
            {
                ReadSegment(marker);
            }
        }
    }

    /// <summary>Advances to the next marker and skips any bytes before it, as libjpeg does: some cameras write padding there.</summary>
    private int NextMarker()
    {
        ReadOnlySpan<byte> bytes = _input.Bytes;
        while (_position + 1 < bytes.Length)
        {
            int skipped = bytes[_position..].IndexOf((byte)JpegMarker.Prefix);
            if (skipped < 0 || _position + skipped + 1 >= bytes.Length)
            {
                break;
            }

            int marker = bytes[_position + skipped + 1];
            bool isMarker = marker is not (0 or JpegMarker.Prefix);
            _position += skipped + (isMarker || marker == 0 ? 2 : 1);
            if (isMarker)
            {
                return marker;
            }
        }

        _input.Fail(bytes.Length, "the file ends before its end-of-image marker");
        return 0;
    }

    private void ReadSegment(int marker)
    {
        if (JpegMarker.RefusedFrame(marker) is { } kind)
        {
            _input.Fail(_position - 2, $"this JPEG is {kind}; baseline, extended sequential and progressive Huffman-coded ones are supported");
        }

        int length = _input.UInt16(_position) - 2, offset = _position + 2;
        if (length < 0)
        {
            _input.Fail(_position, $"segment FF{marker:X2} has a length of {length + 2} bytes, less than the length field itself");
        }

        _input.Require(offset, length, $"the rest of segment FF{marker:X2}");
        _position = offset + length;
        switch (marker)
        {
            case JpegMarker.BaselineFrame or JpegMarker.ExtendedFrame or JpegMarker.ProgressiveFrame:
                ReadFrame(offset, length, marker == JpegMarker.ProgressiveFrame);
                break;
            case JpegMarker.QuantizationTables:
                _tables.ReadQuantization(_input, offset, length);
                break;
            case JpegMarker.HuffmanTables:
                _tables.ReadHuffman(_input, offset, length);
                break;
            case JpegMarker.RestartInterval:
                _tables.ReadRestartInterval(_input, offset, length);
                break;
            case JpegMarker.StartOfScan:
                ReadScan(offset, length);
                break;
            default:
                _application.Read(marker, _input.Bytes.Slice(offset, length));
                break;
        }
    }

    private void ReadFrame(int offset, int length, bool progressive)
    {
        if (_frame is not null)
        {
            _input.Fail(offset, "the file has a second frame header");
        }

        _frame = JpegFrame.Read(_input, offset, length, progressive, _reduceTo);
        _progression = progressive ? new Progression(_input, _frame) : null;
    }

    private void ReadScan(int offset, int length)
    {
        if (_frame is null)
        {
            _input.Fail(offset, "a scan begins before the frame header");
        }

        if (++_scans > _input.Limits.ImageScans)
        {
            _input.Fail(offset, $"the image has more than {_input.Limits.ImageScans} scans, the limit");
        }

        JpegScan scan = JpegScan.Read(_input, offset, length, _frame!, _tables);
        _progression?.Add(scan, offset);
        _position = ScanWalker.Walk(_input, _position, _frame!, scan, _tables.RestartInterval, BlockDecoder(scan));
    }

    private IBlockDecoder BlockDecoder(JpegScan scan)
    {
        if (_progression is null)
        {
            return new SequentialDecoder(_input);
        }

        if (scan.FirstCoefficient == 0)
        {
            return new ProgressiveDcDecoder(scan);
        }

        return scan.PreviousShift == 0 ? new ProgressiveAcDecoder(_input, scan) : new ProgressiveAcRefiner(_input, scan);
    }

    /// <summary>At the end of the image: checks that it is complete, and transforms a progressive frame's coefficients to samples.</summary>
    private void Finish()
    {
        JpegComponent? missing = _frame?.Components.FirstOrDefault(c => c.Quantization is null);
        if (_frame is null || missing is not null)
        {
            _input.Fail(_position - 2, _frame is null ? "the file contains no frame" : $"the image ends without a scan of component {missing!.Id}");
        }

        if (_progression is null)
        {
            return;
        }

        _progression.RequireComplete(_position - 2);
        foreach (JpegComponent component in _frame!.Components)
        {
            for (int row = 0; row < component.BlocksHigh; row++)
            {
                for (int column = 0; column < component.BlocksWide; column++)
                {
                    component.WriteSamples(component.Block(row, column), row, column);
                }
            }
        }
    }
}
