using Espalier.Formats.Tests.Support;

namespace Espalier.Formats.Tests;

/// <summary>The machine that follows pickles: what it builds, and what stops it.</summary>
public class UnpicklerTests
{
    public static TheoryData<string, string> Literals => new()
    {
        // instructions as text (\x for bytes), what they build
        { "N.", "None" },
        { "I01\n.", "true" },
        { "I00\n.", "false" },
        { "I-7\n.", "-7" },
        { "L123456789012345678901234567890L\n.", "123456789012345678901234567890" },
        { "L-5L\n.", "-5" },
        { "F1.5e3\n.", "1500" },
        { "Fnan\n.", "NaN" },
        { "F-inf\n.", "-Infinity" },
        { "S'a\\n\\x41\\'\\q'\n.", "\"a?A'\\q\"" },
        { "Vgr\\u00f6\\U0001F600\\n\n.", "\"grö😀\\n\"" },
        { "U\u0003abc.", "\"abc\"" },
        { "T\u0002\0\0\0ab.", "\"ab\"" },
        { "U\u0002\u00e9a.", "\"éa\"" },
        { "\u008c\u0002hi.", "\"hi\"" },
        { "\u008d\u0002\0\0\0\0\0\0\0hi.", "\"hi\"" },
        { "C\u0002hi.", "2 bytes" },
        { "B\u0002\0\0\0hi.", "2 bytes" },
        { "\u008e\u0002\0\0\0\0\0\0\0hi.", "2 bytes" },
        { "\u0096\u0002\0\0\0\0\0\0\0hi.", "2 bytes" },
        { "K\u00ff.", "255" },
        { "M\u00ff\u00ff.", "65535" },
        { "J\u00ff\u00ff\u00ff\u00ff.", "-1" },
        { "\u008a\0.", "0" },
        { "\u008a\u0001\u0080.", "-128" },
        { "\u008b\u0002\0\0\0\0\u0001.", "256" },
        { "G\u003f\u00f8\0\0\0\0\0\0.", "1.5" },
        { "\u0080\u0005\u0088\u0089\u0086.", "(true, false)" },
        { "(K\u0001K\u0002t.", "(1, 2)" },
        { "K\u0001\u0085.", "(1)" },
        { "K\u0001K\u0002K\u0003\u0087.", "(1, 2, 3)" },
        { ").", "()" },
        { "(lK\u0001aK\u0002a.", "[1, 2]" },
        { "](K\u0001K\u0002e.", "[1, 2]" },
        { "\u008f(K\u0001K\u0002\u0090.", "[1, 2]" },
        { "(K\u0001K\u0002\u0091.", "[1, 2]" },
        { "(dK\u0001K\u0002s.", "{1: 2}" },
        { "}(K\u0001K\u0002K\u0003K\u0004u.", "{1: 2, 3: 4}" },
        { "(K\u0001K\u0002d.", "{1: 2}" },
        { "K\u0001K\u0002" + "0.", "1" },
        { "K\u0001(K\u0002K\u0003" + "1.", "1" },
        { "K\u0001(0.", "1" },
        { "K\u0002" + "2\u0086.", "(2, 2)" },
        { "K\u0009p5\n0g5\n.", "9" },
        { "K\u0009q\u0005" + "0h\u0005.", "9" },
        { "K\u0009r\u0005\0\0\u0001" + "0j\u0005\0\0\u0001.", "9" },
        { "K\u0009\u0094K\u0008\u0094" + "00h\u0001.", "8" },
        { "\u0095\u0002\0\0\0\0\0\0\0K\u0001.", "1" },
        { "cos\nsystem\n.", "the name os.system" },
        { "cos\nsystem\n(Vls\ntR.", "os.system(\"ls\")" },
        { "\u008c\u0002os\u008c\u0006system\u0093\u008c\u0002ls\u0085R.", "os.system(\"ls\")" },
        { "(Vls\nios\nsystem\n.", "os.system(\"ls\")" },
        { "(cos\nsystem\nVls\no.", "os.system(\"ls\")" },
        { "cos\nsystem\n(Vls\nt\u0081.", "os.system(\"ls\")" },
        { "cos\nsystem\n(Vls\nt}\u0092.", "os.system(\"ls\")" },
        { "ccollections\nOrderedDict\n)RK\u0001K\u0002s.", "{1: 2}" },
        { "Pkey\n.", "a reference to a storage" },
        { "Vkey\nQ.", "a reference to a storage" },
    };

    public static TheoryData<string, string> Errors => new()
    {
        { ".", "empty stack" },
        { "0.", "empty stack" },
        { "K\u0001(\u0085.", "empty stack" },
        { "t.", "never begun" },
        { "h\u0005.", "memo 5 is used before it is set" },
        { "gx\n.", "'x' instead of an index of the memo" },
        { "p-1\n.", "'-1' instead of an index of the memo" },
        { "\u00ff", "0xFF is not a pickle instruction" },
        { "\u0080\u0006", "pickle protocol 6" },
        { "\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f", "truncated: a frame of 9223372036854775807 bytes" },
        { "\u0082\u0001.", "extension registry" },
        { "\u0097.", "buffer outside" },
        { "K\u0001K\u0002" + "a.", "items for the number 1, which is not a list" },
        { "K\u0001K\u0002K\u0003s.", "entries for the number 1, which is not a dict" },
        { "}(K\u0001u.", "a dict has a key without a value" },
        { "K\u0001K\u0002\u0093.", "an import named by the number 1 and the number 2" },
        { "cos\nsystem\nK\u0001R.", "a call with the number 1 instead of a tuple" },
        { "(o.", "an object without a class" },
        { "K\u0001}b.", "a state for the number 1" },
        { "cos\nsystem\n}b.", "a state for the name os.system" },
        { "Ixyz\n.", "'xyz' instead of an integer" },
        { "F1,5\n.", "'1,5' instead of a number" },
        { "Sabc\n.", "instead of a string in quotes" },
        { "\u008c\u0001\u00ff.", "not UTF-8" },
        { "X\u00ff\u00ff\u00ff\u00ff", "a string of 4,294,967,295 bytes" },
        { "T\u00ff\u00ff\u00ff\u00ff", "a string of 18,446,744,073,709,551,615 bytes" },
        { "\u008d\0\0\0\0\0\u0001\0\0", "a string of 1,099,511,627,776 bytes" },
        { "\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff", "a string of 18,446,744,073,709,551,615 bytes" },
        { "\u008b\u00ff\u00ff\u00ff\u007f", "an integer of 2,147,483,647 bytes" },
        { "\u008b\u00ff\u00ff\u00ff\u00ff", "an integer of 4,294,967,295 bytes" },
        { "X\u0005\0\0\0ab", "truncated: 5 bytes are needed here" },
        { "", "truncated: 1 bytes are needed here" },
    };

    [Theory]
    [MemberData(nameof(Literals))]
    public void Builds_inert_data(string program, string text) => Assert.Equal(text, PickleText.Render(Read(program)));

    [Theory]
    [MemberData(nameof(Errors))]
    public void Stops_with_a_reason(string program, string reason) =>
        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => Read(program)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_object_keeps_what_it_would_be_built_from()
    {
        var call = Assert.IsType<PickleCall>(Read("cm\nC\n)\u0081}Va\nK\u0001sbK\u0002a."));
        Assert.True(call.Calls("m", "C"));
        Assert.Equal(1L, PickleObjects.Entry(call.State, "a"));
        Assert.Equal([2L], call.Items);
    }

    [Fact]
    public void An_OrderedDict_of_Python_2_is_a_dict() =>
        Assert.Equal(7L, PickleObjects.Entry(Read("ccollections\nOrderedDict\n((lp0\n(lp1\nS'a'\np2\naI7\naatR."), "a"));

    [Fact]
    public void Numbers_of_more_digits_than_Python_reads_are_refused() =>
        Assert.Contains("a line longer than 4300 bytes", Message("L" + new string('9', 5000) + "L\n."), StringComparison.Ordinal);

    [Fact]
    public void Marks_nest_only_so_deep() =>
        Assert.Contains("nested deeper than the limit of 64", Message(new string('(', 65)), StringComparison.Ordinal);

    [Fact]
    public void Only_so_many_values_are_built()
    {
        Limits limits = Limits.Default with { PickleValues = 1000 };
        Assert.Contains("more than 1,000 values", Message("(" + new string('N', 1001) + "t.", limits), StringComparison.Ordinal);
        Assert.Contains("more than 1,000 values", Message("N" + new string('\u0094', 1001) + ".", limits), StringComparison.Ordinal);
        Assert.Contains("more than 1,000 values", Message("N" + new string('2', 1001) + ".", limits), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_may_only_be_so_long() =>
        Assert.Contains("longer than the limit of 1,000 bytes", Message(string.Concat(Enumerable.Repeat("N0", 501)), Limits.Default with { PickleBytes = 1000 }), StringComparison.Ordinal);

    [Fact]
    public void Text_for_people_has_no_control_characters_and_an_end()
    {
        string text = PickleText.Render(Read("V\u001b[31m" + new string('x', 10_000) + "\n."));
        Assert.InRange(text.Length, 100, 210);
        Assert.DoesNotContain('\u001b', text);
    }

    private static string Message(string program, Limits? limits = null) =>
        Assert.Throws<MalformedInputException>(() => Read(program, limits)).Message;

    private static object? Read(string program, Limits? limits = null)
    {
        ByteSource source = ByteSource.Over(new PickleBytes().Ascii(program).ToArray(), "pickle", Limits.Default);
        return Unpickler.Read(new ByteCursor(source), limits ?? Limits.Default);
    }
}
