"""
The default word list, small on purpose: insults, threats and advertising that residents' meetings
really see. Who runs the service adds to it (`YISHI_WORD_LIST`).

Homophones are listed one by one: to fold all characters of one sound would hold half of all
comments.
"""

from __future__ import annotations

from typing import Final

_INSULTS: Final = """
傻逼 傻比 傻b 煞笔 沙比 傻叉 傻屌 傻缺 二逼 装逼 妈逼 妈的逼 尼玛 你妈的 他妈的 特么的 草泥马
操你 草你妈 艹你 肏 日你妈 干你娘 滚犊子 滚蛋 王八蛋 混蛋 杂种 狗杂种 狗东西 狗日的 狗官 贱人
贱货 婊子 荡妇 人渣 败类 畜生 禽兽 垃圾人 脑残 弱智 智障 白痴 神经病 老不死 死全家 全家死
去死吧 不得好死 断子绝孙 caonima caoni nima nimade shabi shadiao tamade madebi zhizhang naocan
gundan wangbadan sb cnm wcnm nmsl tmd mlgb wqnmlgb dsb
"""

_THREATS: Final = """
弄死你 打死你 砍死 捅死 杀你全家 杀了你 要你命 等着瞧 给我小心 人肉搜索 人肉他
"""

_ADVERTISING: Final = """
加微信 加我微信 加v信 加薇信 加威信 兼职日结 日结兼职 刷单 代开发票 低息贷款 无抵押贷款
快速贷款 博彩 赌博网 开户送 免费领取 扫码领
"""

DEFAULT: Final[tuple[str, ...]] = tuple(dict.fromkeys((_INSULTS + _THREATS + _ADVERTISING).split()))
"""Normalised: simplified characters, small letters."""

LOOK_ALIKES: Final = (
    "авекмнорстухіјѕԁԛԝαβεικμνορτυχ\u0131\u0251\u0261",
    "abekmhopctyxijsdqwabeikmvoptuxiag",
)
"""Cyrillic, Greek and phonetic letters, and the Latin ones that they are read as."""

TRADITIONAL: Final = (
    "媽馬滾雜種賤貨婦敗類獸廢腦殘癡經絕孫殺瞧給號結單開發貸貸賭網戶費領掃碼辦證無還",
    "妈马滚杂种贱货妇败类兽废脑残痴经绝孙杀瞧给号结单开发贷贷赌网户费领扫码办证无还",
)
"""Traditional characters of the list, and the simplified ones."""
